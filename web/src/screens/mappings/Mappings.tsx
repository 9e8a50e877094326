import { useCallback } from 'react';

import type { Mapping } from '../../api/schema';
import { useFilters } from '../../app/go';
import { GoAct } from '../../parts/Act';
import { DataTable, Pager } from '../../parts/DataTable';
import { Go } from '../../parts/Go';
import { Page } from '../../parts/Page';
import { Search } from '../../parts/Search';
import { EmptyState, FilteredEmpty, Loaded } from '../../parts/States';
import { TimeAgo } from '../../parts/TimeAgo';
import { words } from '../../parts/format';
import { usePages } from '../../parts/usePages';

/** Every mapping: which source fields become which Portal fields. */
export function Mappings() {
  const [search, change] = useFilters();
  const { q } = search;
  const list = usePages(['mapping', 'list'], 'GET /api/v1/mappings', { query: { q } as never });
  const onSearch = useCallback((value: string | undefined) => change({ q: value }), [change]);
  return (
    <Page title="Mappings">
      <section className="card" aria-label="Mappings">
        <div className="filters">
          <Search label="Search by name" value={q} onChange={onSearch} />
        </div>
        <Loaded of={list} rows={6}>
          {({ items }) =>
            items.length === 0 ? (
              q ? (
                <FilteredEmpty what="mappings" onClear={() => change({ q: undefined })} />
              ) : (
                <EmptyState icon="list-check" action={<GoAct does="POST /api/v1/scenarios" to="/scenarios?panel=new">New scenario</GoAct>}>
                  Mappings come with the scenarios you make, ready to be changed.
                </EmptyState>
              )
            ) : (
              <DataTable<Mapping>
                caption="Mappings"
                rows={items}
                rowKey={({ id }) => id}
                foot={<Pager {...list.pager} />}
                columns={[
                  { key: 'name', header: 'Mapping', cell: (row) => <Go to={`/mappings/${row.id}`}>{row.name}</Go> },
                  { key: 'from', header: 'From', cell: (row) => `${row.app === 'wordpress' ? 'WordPress' : words(row.app)} ${row.resource}` },
                  { key: 'to', header: 'To', cell: (row) => `Portal ${row.entity}` },
                  { key: 'revision', header: 'Version', align: 'right', cell: (row) => `v${row.revision}` },
                  { key: 'made', header: 'Made', wide: true, cell: (row) => <TimeAgo at={row.created_at} /> },
                ]}
              />
            )
          }
        </Loaded>
      </section>
    </Page>
  );
}
