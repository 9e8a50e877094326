import './apps.css';

import { isSource, useConnections } from '../../api/names';
import { useRead } from '../../api/queries';
import type { App } from '../../api/schema';
import { useFilters } from '../../app/go';
import { GoAct } from '../../parts/Act';
import { Go } from '../../parts/Go';
import { Icon } from '../../parts/Icon';
import { Page } from '../../parts/Page';
import { Search } from '../../parts/Search';
import { FilteredEmpty, Loaded } from '../../parts/States';
import { Tag } from '../../parts/StatusBadge';
import { count } from '../../parts/format';
import { useCallback } from 'react';

/** What can be connected. */
export function Apps() {
  const [search, change] = useFilters();
  const { q } = search;
  const apps = useRead(['app', 'list'], 'GET /api/v1/apps');
  const connections = useConnections();
  const onSearch = useCallback((value: string | undefined) => change({ q: value }), [change]);
  return (
    <Page title="Apps">
      <div className="stack">
        <Search label="Search apps" value={q} onChange={onSearch} />
        <Loaded of={apps} rows={3} height={90}>
          {({ items }) => {
            const wanted = (q ?? '').toLowerCase();
            const shown = items.filter(({ name, summary }) => `${name} ${summary}`.toLowerCase().includes(wanted));
            if (shown.length === 0) return <FilteredEmpty what="apps" onClear={() => change({ q: undefined })} />;
            return (
              <ul className="app-cards">
                {shown.map((app) => (
                  <AppCard
                    key={app.id}
                    app={app}
                    connections={(connections.data?.items ?? []).filter((one) => isSource(one) && one.app === app.id).length}
                  />
                ))}
              </ul>
            );
          }}
        </Loaded>
      </div>
    </Page>
  );
}

function AppCard({ app, connections }: { app: App; connections: number }) {
  const isSourceApp = app.roles.includes('source');
  return (
    <li className="card card-body app-card">
      <div className="row">
        <Icon name={app.id === 'wordpress' ? 'brand-wordpress' : app.id === 'portal' ? 'database' : 'puzzle'} size={26} />
        <h2 className="grow">
          <Go to={`/apps/${app.id}`}>{app.name}</Go>
        </h2>
        {app.roles.map((role) => (
          <Tag key={role}>{role === 'source' ? 'reads' : 'writes'}</Tag>
        ))}
      </div>
      <p className="muted grow">{app.summary}</p>
      <div className="between">
        <span className="small muted">{isSourceApp ? count(connections, 'connection') : 'always there'}</span>
        {isSourceApp ? (
          <GoAct does="POST /api/v1/connections" to={`/connections/new?app=${app.id}`} size="xs">
            Add
          </GoAct>
        ) : null}
      </div>
    </li>
  );
}
