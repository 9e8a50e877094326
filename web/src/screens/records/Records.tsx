import './records.css';

import { useCallback } from 'react';

import { isSource, useConnectionNames, useConnections } from '../../api/names';
import type { PortalRecord } from '../../api/schema';
import { useFilters } from '../../app/go';
import { Choice } from '../../parts/Choice';
import { DataTable, Pager } from '../../parts/DataTable';
import { Go, GoButton } from '../../parts/Go';
import { Page } from '../../parts/Page';
import { Search } from '../../parts/Search';
import { EmptyState, FilteredEmpty, Loaded } from '../../parts/States';
import { Tag } from '../../parts/StatusBadge';
import { TimeAgo } from '../../parts/TimeAgo';
import { words } from '../../parts/format';
import { usePages } from '../../parts/usePages';
import { labelOf, plural, sourceOf } from './names';

const KINDS: Array<[string, string]> = [
  ['users', 'Users'],
  ['posts', 'Posts'],
  ['pages', 'Pages'],
  ['terms', 'Terms'],
  ['media', 'Media'],
  ['comments', 'Comments'],
];

/** What Portal has, and where it came from. */
export function Records() {
  const [search, change] = useFilters();
  const { q, kind, source } = search;
  const connections = useConnections();
  const nameOf = useConnectionNames();
  const list = usePages(['portal', 'list'], 'GET /api/v1/portal', { query: { q, kind, source } as never });
  const onSearch = useCallback((value: string | undefined) => change({ q: value }), [change]);
  const isFiltered = Boolean(q ?? kind ?? source);
  return (
    <Page title="Records">
      <section className="card" aria-label="Records">
        <div className="filters">
          <Search label="Search by title, e-mail or id" value={q} onChange={onSearch} />
          <Choice label="Kind" value={kind} onChange={(value) => change({ kind: value })} options={KINDS} all="Every kind" />
          <Choice
            label="Source"
            value={source}
            onChange={(value) => change({ source: value })}
            options={(connections.data?.items ?? []).filter(isSource).map(({ id, name }) => [id, name])}
            all="Every source"
          />
        </div>
        <Loaded of={list} rows={8}>
          {({ items }) =>
            items.length === 0 ? (
              isFiltered ? (
                <FilteredEmpty what="records" onClear={() => change({ q: undefined, kind: undefined, source: undefined, resource: undefined })} />
              ) : (
                <EmptyState icon="database" action={<GoButton to="/scenarios">Run a scenario</GoButton>}>
                  What was imported into Portal will be here, each with where it came from.
                </EmptyState>
              )
            ) : (
              <DataTable<PortalRecord>
                caption="Records"
                rows={items}
                rowKey={({ id }) => id}
                foot={<Pager {...list.pager} />}
                columns={[
                  {
                    key: 'record',
                    header: 'Portal record',
                    cell: (row) => <Go to={`/records/${plural(row.entity)}/${row.id}`}>{labelOf(row)}</Go>,
                  },
                  { key: 'kind', header: 'Kind', cell: (row) => words(row.entity) },
                  {
                    key: 'source',
                    header: 'Source',
                    wide: true,
                    cell: (row) => {
                      const from = sourceOf(row.external);
                      return from ? (
                        <>
                          {nameOf(from.connection)} <span className="mono muted">{from.resource} {from.id}</span>
                        </>
                      ) : (
                        <span className="mono">{row.external}</span>
                      );
                    },
                  },
                  { key: 'changed', header: 'Last change', cell: (row) => <TimeAgo at={row.changed_at} /> },
                  {
                    key: 'state',
                    header: 'State',
                    wide: true,
                    cell: (row) =>
                      Object.keys(row.pending).length > 0 ? <Tag tone="warn">waits for another record</Tag> : <Tag tone="ok">in step</Tag>,
                  },
                ]}
              />
            )
          }
        </Loaded>
      </section>
    </Page>
  );
}
