import { useRead } from '../../api/queries';
import type { RevisionShown } from '../../api/schema';
import { DataTable } from '../../parts/DataTable';
import { JsonTree } from '../../parts/JsonTree';
import { Loaded } from '../../parts/States';
import { TimeAgo } from '../../parts/TimeAgo';
import { Who } from '../audit/Who';
import type { Source } from './names';

/** The facts in the log about the source's record, and its content as read last. */
export function EventsTab({ source }: { source: Source }) {
  const record = useRead(['record', source.id], 'GET /api/v1/records/{connection}/{resource}/{id}', { path: { ...source } });
  return (
    <Loaded of={record} rows={5}>
      {(shown) => (
        <div className="stack history">
          <DataTable<RevisionShown>
            caption="Events of the record"
            rows={shown.revisions.toSorted((a, b) => b.position - a.position)}
            rowKey={({ position }) => String(position)}
            columns={[
              { key: 'position', header: 'Event', cell: (row) => row.position },
              { key: 'event', header: 'What', cell: (row) => <code>{row.event}</code> },
              {
                key: 'by',
                header: 'By',
                cell: (row) => <Who actor={row.actor} />,
              },
              { key: 'at', header: 'When', cell: (row) => <TimeAgo at={row.at} /> },
            ]}
          />
          <JsonTree value={shown.record} name={`${source.resource}-${source.id}`} label="The source’s record as read last" />
        </div>
      )}
    </Loaded>
  );
}
