import { useRead } from '../../api/queries';
import type { Changes, Counts, FieldChanges, Reason, Run } from '../../api/schema';
import { DataTable } from '../../parts/DataTable';
import { Go } from '../../parts/Go';
import { ErrorPanel, Loaded } from '../../parts/States';
import { StatusBadge } from '../../parts/StatusBadge';
import { count, duration, number, sentence } from '../../parts/format';
import { isOver } from './progress';
import { useRun } from './useRun';

/** What a preview found: how many records would change, by field, and why others would not. */
export function ChangeSet({ preview, isShort }: { preview: string; isShort?: boolean }) {
  const { run, error, refetch, isFetching } = useRun(preview);
  if (error && !run) return <ErrorPanel error={error} onRetry={() => void refetch()} isRetrying={isFetching} />;
  if (!run || !isOver(run)) return <Looking run={run} />;
  return <Found run={run} isShort={isShort ?? false} />;
}

function Looking({ run }: { run: Run | undefined }) {
  return (
    <p role="status" className="muted">
      Looking at what would change… {run && run.counts.read > 0 ? count(run.counts.read, 'record') : ''}
    </p>
  );
}

function Found({ run, isShort }: { run: Run; isShort: boolean }) {
  const changes = useRead(['run', run.id, 'changes'], 'GET /api/v1/runs/{id}/changes', { path: { id: run.id } });
  return (
    <Loaded of={changes} rows={3}>
      {(shown) => (
        <div className="stack">
          <Figures counts={shown.counts} />
          {shown.fields.length > 0 ? <Fields fields={shown.fields} /> : null}
          {shown.reasons.length > 0 ? <Reasons run={run.id} reasons={shown.reasons} isShort={isShort} /> : null}
          {isShort ? null : <p className="small muted">{costWords(shown)}</p>}
        </div>
      )}
    </Loaded>
  );
}

/** Counts of what would happen. */
export function Figures({ counts }: { counts: Counts }) {
  const figures: Array<[string, number, string?]> = [
    ['Looked at', counts.read],
    ['Would be created', counts.created],
    ['Would be updated', counts.updated],
    ...(counts.removed ? [['Would be taken back', counts.removed] satisfies [string, number]] : []),
    ['Stay as they are', counts.unchanged],
    ['Left out', counts.skipped],
    ['Would fail', counts.failed, 'err-text'],
  ];
  return (
    <dl className="run-figures" aria-label="What would happen">
      {figures.map(([name, value, tone]) => (
        <div key={name}>
          <dt className="small muted">{name}</dt>
          <dd className={value > 0 ? tone : undefined}>{number(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Fields({ fields }: { fields: FieldChanges[] }) {
  return (
    <DataTable<FieldChanges>
      caption="Updates by field"
      rows={fields}
      rowKey={({ field }) => field}
      columns={[
        { key: 'field', header: 'Portal field', cell: ({ field }) => <span className="strong">{field}</span> },
        { key: 'count', header: 'Records in which it would change', align: 'right', cell: (row) => number(row.count) },
      ]}
    />
  );
}

function Reasons({ run, reasons, isShort }: { run: string; reasons: Reason[]; isShort: boolean }) {
  return (
    <DataTable<Reason>
      caption="Why records are left out or fail"
      rows={reasons}
      rowKey={({ outcome, code, step, field }) => `${outcome} ${code} ${step} ${field ?? ''}`}
      columns={[
        { key: 'count', header: 'Records', align: 'right', width: 90, cell: (row) => number(row.count) },
        { key: 'outcome', header: 'Outcome', width: 110, cell: ({ outcome }) => <StatusBadge status={outcome} /> },
        {
          key: 'why',
          header: 'Why',
          cell: ({ field, message, code, step }) => (
            <>
              {field ? <code>{field}</code> : null} {sentence(message)}
              <div className="small mono muted">
                {code} at {step}
              </div>
            </>
          ),
        },
        ...(isShort
          ? []
          : [
              {
                key: 'example',
                header: 'Example',
                cell: ({ item }: Reason) => <Go to={`/runs/${run}/records/${encodeURIComponent(item)}`}>Open</Go>,
              },
            ]),
      ]}
    />
  );
}

/** What it costs the others: the source, and Portal. */
export function costWords({ cost }: Changes): string {
  const source = cost.source_calls === 0 ? 'The source is not asked' : `${count(cost.source_calls, 'call')} to the source`;
  const calls = cost.destination_calls === 0 ? 'Portal is written directly' : `at least ${count(cost.destination_calls, 'call')} to Portal`;
  return `${source} · ${calls} · looking took ${duration(cost.seconds * 1_000)}`;
}
