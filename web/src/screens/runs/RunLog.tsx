import type { LogLine, Run } from '../../api/schema';
import { DataTable, Pager } from '../../parts/DataTable';
import { EmptyState, Loaded } from '../../parts/States';
import { StatusBadge } from '../../parts/StatusBadge';
import { absolute, clock } from '../../parts/format';
import { usePages } from '../../parts/usePages';

/** What the run says about itself, line by line. */
export function RunLog({ run }: { run: Run }) {
  const log = usePages(['run', run.id, 'log'], 'GET /api/v1/runs/{id}/log', { path: { id: run.id } });
  return (
    <Loaded of={log} rows={5}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState icon="list-details">The run has said nothing yet.</EmptyState>
        ) : (
          <DataTable<LogLine>
            caption="Log of the run"
            rows={items}
            rowKey={({ position, code }) => `${position}${code}`}
            foot={<Pager {...log.pager} />}
            columns={[
              { key: 'at', header: 'Time', width: 80, cell: (line) => <time dateTime={line.at} title={absolute(line.at)}>{clock(line.at)}</time> },
              { key: 'level', header: 'Level', width: 120, cell: (line) => <StatusBadge status={line.level} /> },
              {
                key: 'message',
                header: 'Message',
                cell: (line) => (
                  <>
                    {line.message}
                    <div className="small mono muted">
                      {line.code}
                      {line.node ? ` at ${line.node}` : ''}
                    </div>
                  </>
                ),
              },
              { key: 'position', header: 'Event', wide: true, align: 'right', cell: (line) => line.position },
            ]}
          />
        )
      }
    </Loaded>
  );
}
