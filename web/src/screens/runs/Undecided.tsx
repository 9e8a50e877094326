import { Checkbox } from '@mantine/core';
import { useState } from 'react';

import { useConnectionNames } from '../../api/names';
import { useRead } from '../../api/queries';
import type { Run, Undecided as Waiting } from '../../api/schema';
import { DataTable, Pager } from '../../parts/DataTable';
import { Go } from '../../parts/Go';
import { Card } from '../../parts/Page';
import { ErrorPanel } from '../../parts/States';
import { TimeAgo } from '../../parts/TimeAgo';
import { count, sentence } from '../../parts/format';
import { Decide } from './Decide';

const PAGE = 50;

/** The items of a run about which a person has to decide. Of a run without failures nothing is asked. */
export function useUndecided(run: Run) {
  return useRead(['run', run.id, 'undecided'], 'GET /api/v1/runs/{id}/undecided', { path: { id: run.id } }, { enabled: run.counts.failed > 0 });
}

/** What was sent without an answer, to a destination that cannot be asked: which records, what it means, and the decision. */
export function Undecided({ run }: { run: Run }) {
  const { data, error, refetch } = useUndecided(run);
  if (error) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  const items = data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Card id="undecided" title={`${count(data?.total ?? items.length, 'record')} ${items.length === 1 ? 'waits' : 'wait'} for you`}>
      <List run={run} items={items} />
    </Card>
  );
}

function List({ run, items }: { run: Run; items: Waiting[] }) {
  const nameOf = useConnectionNames();
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [wanted, setPage] = useState(0);
  const page = Math.min(wanted, Math.floor((items.length - 1) / PAGE));
  const rows = items.slice(page * PAGE, (page + 1) * PAGE);
  const chosen = items.filter(({ item }) => marked.has(item));
  const mark = (item: string, isMarked: boolean) => {
    const next = new Set(marked);
    if (isMarked) next.add(item);
    else next.delete(item);
    setMarked(next);
  };
  return (
    <div className="stack">
      <Meaning items={items} />
      <DataTable<Waiting>
        caption="Records that wait for a decision"
        rows={rows}
        rowKey={({ item }) => item}
        columns={[
          {
            key: 'mark',
            header: null,
            label: 'Choose',
            width: 44,
            cell: ({ item, resource, record }) => (
              <Checkbox
                aria-label={`Choose ${resource} ${record}`}
                checked={marked.has(item)}
                onChange={(event) => mark(item, event.currentTarget.checked)}
              />
            ),
          },
          {
            key: 'record',
            header: 'Record',
            cell: ({ item, resource, record }) => (
              <Go to={`/runs/${run.id}/records/${encodeURIComponent(item)}`}>
                {resource} {record}
              </Go>
            ),
          },
          { key: 'to', header: 'Sent to', cell: ({ to }) => nameOf(to) },
          { key: 'since', header: 'Without an answer since', wide: true, cell: ({ since }) => <TimeAgo at={since} /> },
          {
            key: 'by',
            header: 'Sent by',
            wide: true,
            cell: ({ sent_by: by }) => (by === run.id ? 'this run' : <Go to={`/runs/${by}`}>an earlier run</Go>),
          },
        ]}
        foot={
          <Pager
            page={page}
            shown={rows.length}
            size={PAGE}
            total={items.length}
            hasNext={(page + 1) * PAGE < items.length}
            onPrevious={() => setPage(page - 1)}
            onNext={() => setPage(page + 1)}
          />
        }
      />
      <Decide run={run} items={chosen.length > 0 ? chosen : items} isAll={chosen.length === 0} />
    </div>
  );
}

/** What it means, in the words of whoever has to look. */
export function Meaning({ items }: { items: Waiting[] }) {
  const nameOf = useConnectionNames();
  const names = [...new Set(items.map(({ to }) => nameOf(to)))].join(' and ');
  const reasons = [...new Set(items.map(({ why }) => sentence(why)))].slice(0, 3).join(' ');
  const isOne = items.length === 1;
  return (
    <div className="stack-4">
      <p className="strong">
        {isOne ? 'It was' : 'They were'} sent to {names}, and no answer came. {names} cannot be asked, so nobody can tell
        whether {isOne ? 'it is' : 'they are'} there.
      </p>
      <p className="muted">
        Look there, then say what you found. Until then no run sends {isOne ? 'this record' : 'these records'} there. {reasons}
      </p>
    </div>
  );
}
