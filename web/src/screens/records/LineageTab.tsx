import { useRead } from '../../api/queries';
import type { FieldLineage } from '../../api/schema';
import { DataTable } from '../../parts/DataTable';
import { Go } from '../../parts/Go';
import { EmptyState, Loaded } from '../../parts/States';
import { TimeAgo } from '../../parts/TimeAgo';
import { Who } from '../audit/Who';
import { shortValue } from '../runs/ItemPanel';

/** Field by field: source value, conversions, Portal field; by which run and mapping. */
export function LineageTab({ kind, id }: { kind: string; id: string }) {
  const lineage = useRead(
    ['portal', id, 'lineage'],
    'GET /api/v1/portal/{kind}/{id}/lineage',
    { path: { kind, id } },
    { retry: false },
  );
  return (
    <Loaded of={lineage} rows={6}>
      {(answer) => {
        const { fields } = answer;
        if (fields.length === 0) return <EmptyState>No field of this record was written by a run.</EmptyState>;
        return (
          <DataTable<FieldLineage>
            caption="Where each field came from"
            rows={fields}
            rowKey={({ target }) => target}
            columns={[
              {
                key: 'field',
                header: 'Portal field',
                cell: (row) => (
                  <>
                    <span className="strong">{row.target}</span>
                    <div className="mono">{shortValue(row.value)}</div>
                  </>
                ),
              },
              {
                key: 'steps',
                header: 'Came from',
                cell: (row) => (
                  <ol className="lineage-steps">
                    {row.steps.map((step, index) => (
                      // Steps have no name of their own; their order is what they are.
                      // eslint-disable-next-line react/no-array-index-key
                      <li key={index}>
                        <code>{step.path ?? step.conversion ?? (row.defaulted ? 'default' : 'constant')}</code> <span className="mono muted">{shortValue(step.value)}</span>
                      </li>
                    ))}
                  </ol>
                ),
              },
              {
                key: 'by',
                header: 'By',
                wide: true,
                cell: (row) => (
                  <>
                    {row.run ? <Go to={`/runs/${row.run}`}>Run</Go> : <Who actor={row.actor} />}, <Go to={`/mappings/${row.mapping}?field=${encodeURIComponent(row.target)}`}>{`mapping v${row.mapping_revision}`}</Go>
                    <div className="small muted">
                      <TimeAgo at={row.at} />
                    </div>
                  </>
                ),
              },
            ]}
          />
        );
      }}
    </Loaded>
  );
}
