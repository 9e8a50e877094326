import { useCallback } from 'react';

import type { Connection } from '../../api/schema';
import { useFilters } from '../../app/go';
import { GoAct } from '../../parts/Act';
import { Choice } from '../../parts/Choice';
import { DataTable, Pager } from '../../parts/DataTable';
import { Go } from '../../parts/Go';
import { Page } from '../../parts/Page';
import { Search } from '../../parts/Search';
import { EmptyState, FilteredEmpty, Loaded } from '../../parts/States';
import { StatusBadge } from '../../parts/StatusBadge';
import { TimeAgo } from '../../parts/TimeAgo';
import { words } from '../../parts/format';
import { usePages } from '../../parts/usePages';
import { addressOf, reasonOf } from './health';

const HEALTH: Array<[string, string]> = [
  ['healthy', 'Healthy'],
  ['degraded', 'Degraded'],
  ['failing', 'Failing'],
  ['unknown', 'Not checked'],
];

/** Every connected site. */
export function Connections() {
  const [search, change] = useFilters();
  const { q, health, app } = search;
  const list = usePages(['connection', 'list'], 'GET /api/v1/connections', { query: { q, health, app } as never });
  const onSearch = useCallback((value: string | undefined) => change({ q: value }), [change]);
  const isFiltered = Boolean(q ?? health ?? app);
  const add = <GoAct does="POST /api/v1/connections" to="/connections/new?app=wordpress">Add connection</GoAct>;
  return (
    <Page title="Connections" actions={add}>
      <section className="card" aria-label="Connections">
        <div className="filters">
          <Search label="Search by name or address" value={q} onChange={onSearch} />
          <Choice label="Health" value={health} onChange={(value) => change({ health: value })} options={HEALTH} all="Every health" />
        </div>
        <Loaded of={list} rows={6} height={56}>
          {({ items }) =>
            items.length === 0 ? (
              isFiltered ? (
                <FilteredEmpty what="connections" onClear={() => change({ q: undefined, health: undefined, app: undefined })} />
              ) : (
                <EmptyState icon="plug-connected" action={add}>
                  The sites you connect will be here, with their health.
                </EmptyState>
              )
            ) : (
              <DataTable<Connection>
                caption="Connections"
                rows={items}
                rowKey={({ id }) => id}
                foot={<Pager {...list.pager} />}
                columns={[
                  {
                    key: 'site',
                    header: 'Site',
                    cell: (row) => (
                      <>
                        <Go to={`/connections/${row.id}/status`}>{row.name}</Go>
                        <div className="mono muted">{addressOf(row)}</div>
                      </>
                    ),
                  },
                  { key: 'app', header: 'App', wide: true, cell: (row) => (row.app === 'wordpress' ? 'WordPress' : words(row.app)) },
                  {
                    key: 'health',
                    header: 'Health',
                    cell: (row) => (
                      <>
                        <StatusBadge status={row.phase === 'live' ? row.health : row.phase} />
                        <div className="small muted">{reasonOf(row)}</div>
                      </>
                    ),
                  },
                  { key: 'account', header: 'Acts as', wide: true, cell: (row) => row.account ?? <span className="muted">–</span> },
                  { key: 'checked', header: 'Checked', wide: true, cell: (row) => <TimeAgo at={row.checked_at} /> },
                ]}
              />
            )
          }
        </Loaded>
      </section>
    </Page>
  );
}
