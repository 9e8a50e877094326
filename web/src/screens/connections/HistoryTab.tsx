import type { Connection } from '../../api/schema';
import { Go } from '../../parts/Go';
import { Icon, type IconName } from '../../parts/Icon';
import { Card } from '../../parts/Page';
import { EmptyState } from '../../parts/States';
import { TimeAgo } from '../../parts/TimeAgo';
import { Who } from '../audit/Who';

const ICONS: Array<[RegExp, IconName]> = [
  [/tested|health/, 'shield-check'],
  [/credential|consent/, 'key'],
  [/paused/, 'player-pause'],
  [/resumed/, 'player-play'],
  [/added/, 'plus'],
  [/deleted/, 'trash'],
];

/** What happened to it, newest first, with who did it. */
export function HistoryTab({ connection }: { connection: Connection }) {
  return (
    <Card
      title="History"
      flush
      aside={
        <Go to={`/audit?object=${connection.id}`} className="small">
          In the audit log
        </Go>
      }
    >
      {connection.history.length === 0 ? (
        <EmptyState icon="history">Tests, edits and changes of health will be here.</EmptyState>
      ) : (
        <ol className="timeline">
          {connection.history.map((line) => (
            <li key={line.position}>
              <span className="mark-idle">
                <Icon name={ICONS.find(([pattern]) => pattern.test(line.event))?.[1] ?? 'info-circle'} />
              </span>
              <div className="grow">
                <p>{line.summary}</p>
                <p className="small muted">
                  <Who actor={line.actor} /> · <TimeAgo at={line.at} /> · event {line.position}
                </p>
              </div>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
