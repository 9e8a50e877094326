import { Button } from '@mantine/core';
import { useState } from 'react';

import type { Item, Outcome, Run } from '../../api/schema';
import { useFilters } from '../../app/go';
import { Choice } from '../../parts/Choice';
import { DataTable, Pager } from '../../parts/DataTable';
import { Go } from '../../parts/Go';
import { EmptyState, FilteredEmpty, Loaded } from '../../parts/States';
import { StatusBadge } from '../../parts/StatusBadge';
import { number, sentence } from '../../parts/format';
import { usePages } from '../../parts/usePages';
import { queryOf } from './RunDetail';
import { isOver } from './progress';

const OUTCOMES: Array<[Outcome, string]> = [
  ['failed', 'Failed'],
  ['created', 'Created'],
  ['updated', 'Updated'],
  ['removed', 'Taken back'],
  ['unchanged', 'Unchanged'],
  ['skipped', 'Skipped'],
];

/** The run's records. A run that has failures opens on them. */
export function RunItems({ run, current }: { run: Run; current: string | undefined }) {
  const [search, change] = useFilters();
  const wanted = search['outcome'];
  const outcome = wanted === 'all' ? undefined : (wanted ?? (isOver(run) && run.counts.failed > 0 ? 'failed' : undefined));
  const list = usePages(['run', run.id, 'items'], 'GET /api/v1/runs/{id}/items', {
    path: { id: run.id },
    query: { outcome } as never,
  });
  // While it runs, new rows wait until they are asked for: what is being read does not move.
  const what = `${run.id} ${outcome ?? ''}`;
  const [held, setHeld] = useState<{ what: string; items: Item[] }>({ what: '', items: [] });
  const isRunning = !isOver(run);
  const answered = list.isPlaceholderData ? undefined : list.data?.items;
  const isHolding = isRunning && list.pager.page === 0;
  if (isHolding && answered && (held.what !== what || (held.items.length === 0 && answered.length > 0))) {
    setHeld({ what, items: answered });
  }
  const rows = isHolding && held.what === what ? held.items : (list.data?.items ?? []);
  const fresh = isHolding ? (answered ?? []).filter((item) => !rows.some(({ id }) => id === item.id)).length : 0;
  const more = Math.max(fresh, (list.pager.total ?? 0) - rows.length);

  return (
    <>
      <div className="filters">
        <Choice
          label="Outcome"
          value={outcome}
          onChange={(value) => change({ outcome: value ?? 'all' })}
          options={OUTCOMES}
          all="Every outcome"
        />
        {fresh > 0 ? (
          <Button variant="default" onClick={() => answered && setHeld({ what, items: answered })}>
            {number(more)} new · Show
          </Button>
        ) : null}
      </div>
      <Loaded of={list} rows={6} height={48}>
        {() =>
          rows.length === 0 ? (
            outcome ? (
              <FilteredEmpty what="records" onClear={() => change({ outcome: 'all' })} />
            ) : (
              <EmptyState icon="list-details">
                {isRunning ? 'The first records will be here in a moment.' : 'This run had no records to work on.'}
              </EmptyState>
            )
          ) : (
            <DataTable<Item>
              caption="Records of the run"
              rows={rows}
              rowKey={({ id }) => id}
              current={current}
              foot={<Pager {...list.pager} shown={rows.length} />}
              columns={[
                {
                  key: 'key',
                  header: 'Record',
                  cell: (item) => (
                    <Go to={`/runs/${run.id}/records/${encodeURIComponent(item.id)}${queryOf(search)}`}>
                      {item.resource} {item.record}
                    </Go>
                  ),
                },
                { key: 'outcome', header: 'Outcome', cell: (item) => <StatusBadge status={item.outcome} /> },
                {
                  key: 'message',
                  header: 'Message',
                  cell: (item) => {
                    const note = item.notes[0];
                    if (!note) return <span className="muted">–</span>;
                    return (
                      <>
                        {note.field ? <code>{note.field}</code> : null} {sentence(note.message)}
                        <span className="small muted"> {note.code}</span>
                        {item.notes.length > 1 ? <span className="small muted"> and {item.notes.length - 1} more</span> : null}
                      </>
                    );
                  },
                },
                { key: 'step', header: 'Step', wide: true, cell: (item) => item.notes[0]?.step ?? item.target ?? item.node },
                { key: 'attempts', header: 'Attempts', wide: true, align: 'right', cell: (item) => number(item.attempts) },
              ]}
            />
          )
        }
      </Loaded>
    </>
  );
}
