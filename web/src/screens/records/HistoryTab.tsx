import { Slider } from '@mantine/core';

import { useRead } from '../../api/queries';
import type { Change as Revision, PortalRecord } from '../../api/schema';
import { useFilters } from '../../app/go';
import { DataTable } from '../../parts/DataTable';
import { Go } from '../../parts/Go';
import { EmptyState, Loaded } from '../../parts/States';
import { TimeAgo } from '../../parts/TimeAgo';
import { shortValue } from '../runs/ItemPanel';
import { type Change, changesOf } from './names';

const MOST = 200;

/** How the Portal record was before, change by change. The place in time stands in the address. */
export function HistoryTab({ kind, now }: { kind: string; now: PortalRecord }) {
  const [search, change] = useFilters();
  const at = search['at'];
  const history = useRead(['portal', now.id, 'history'], 'GET /api/v1/portal/{kind}/{id}/history', {
    path: { kind, id: now.id },
    query: { limit: MOST },
  });
  return (
    <Loaded of={history} rows={5}>
      {(answer) => {
        const revisions = answer.items.toSorted((a, b) => a.position - b.position);
        if (revisions.length === 0) return <EmptyState icon="history">Its changes will be here.</EmptyState>;
        const last = revisions.length - 1;
        const index = at ? revisions.findLastIndex(({ position }) => position <= Number(at)) : last;
        const chosen = revisions[index];
        const see = (next: number) => {
          const wanted = revisions[next];
          if (wanted) change({ at: next === last ? undefined : String(wanted.position), tab: 'history' });
        };
        return (
          <div className="stack history">
            {last > 0 ? (
              <div className="history-slider">
                <Slider label={null} min={0} max={last} step={1} value={Math.max(0, index)} thumbLabel="Time" onChange={see} />
              </div>
            ) : null}
            <Revisions rows={revisions.toReversed()} current={chosen?.position} onSee={(row) => see(revisions.indexOf(row))} />
            {chosen ? <Difference kind={kind} now={now} chosen={chosen} before={revisions[index - 1]} isNow={index === last} /> : null}
          </div>
        );
      }}
    </Loaded>
  );
}

interface RevisionsProps {
  rows: Revision[];
  current: number | undefined;
  onSee: (row: Revision) => void;
}

function Revisions({ rows, current, onSee }: RevisionsProps) {
  return (
    <DataTable
      caption="Changes of the record"
      rows={rows}
      rowKey={({ position }) => String(position)}
      current={current === undefined ? undefined : String(current)}
      columns={[
        {
          key: 'at',
          header: 'When',
          cell: (row) => (
            <button type="button" className="link" onClick={() => onSee(row)}>
              <TimeAgo at={row.at} />
            </button>
          ),
        },
        {
          key: 'changed',
          header: 'Changed',
          cell: (row) => (row.revision === 0 ? 'first written' : <code>{row.changed.join(', ')}</code>),
        },
        { key: 'run', header: 'Run', wide: true, cell: (row) => (row.run ? <Go to={`/runs/${row.run}`}>{row.run}</Go> : '–') },
        { key: 'position', header: 'Event', align: 'right', cell: (row) => row.position },
      ]}
    />
  );
}

interface DifferenceProps {
  kind: string;
  now: PortalRecord;
  chosen: Revision;
  /** The revision before the chosen one. */
  before: Revision | undefined;
  isNow: boolean;
}

/** What the chosen change did, and what has changed since. */
function Difference({ kind, now, chosen, before, isNow }: DifferenceProps) {
  const operation = 'GET /api/v1/portal/{kind}/{id}';
  const path = { kind, id: now.id };
  const then = useRead(['portal', now.id], operation, { path, query: { at: String(chosen.position) } }, { placeholderData: undefined });
  const earlier = useRead(
    ['portal', now.id],
    operation,
    { path, query: { at: String(before?.position ?? 0) } },
    { enabled: before !== undefined, placeholderData: undefined },
  );
  return (
    <>
      {before ? (
        <Loaded of={earlier} rows={2}>
          {(old) => (
            <Loaded of={then} rows={2}>
              {(shown) => <Changes caption="What this change did" from="Before" to="After" rows={changesOf(old.fields, shown.fields)} />}
            </Loaded>
          )}
        </Loaded>
      ) : null}
      {isNow ? null : (
        <Loaded of={then} rows={2}>
          {(shown) => <Changes caption="What has changed since" from="Then" to="Now" rows={changesOf(shown.fields, now.fields)} />}
        </Loaded>
      )}
    </>
  );
}

function Changes({ caption, from, to, rows }: { caption: string; from: string; to: string; rows: Change[] }) {
  return (
    <section className="stack-4">
      <h3>{caption}</h3>
      {rows.length === 0 ? (
        <p className="muted">No field differs.</p>
      ) : (
        <DataTable<Change>
          caption={caption}
          rows={rows}
          rowKey={({ path }) => path}
          columns={[
            { key: 'path', header: 'Field', cell: (row) => <code>{row.path}</code> },
            { key: 'before', header: from, cell: (row) => <span className="mono">{shortValue(row.before)}</span> },
            { key: 'now', header: to, cell: (row) => <span className="mono">{shortValue(row.now)}</span> },
          ]}
        />
      )}
    </section>
  );
}
