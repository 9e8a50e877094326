import { useRead } from '../../api/queries';
import type { Connection, TimelineKind } from '../../api/schema';
import { Go } from '../../parts/Go';
import { Icon, type IconName } from '../../parts/Icon';
import { Card } from '../../parts/Page';
import { EmptyState, Loaded } from '../../parts/States';
import { TimeAgo } from '../../parts/TimeAgo';
import { words } from '../../parts/format';
import { Who } from '../audit/Who';

const ICONS: Readonly<Record<TimelineKind, IconName>> = { health: 'shield-check', edit: 'settings', run: 'player-play' };

/** What happened to it and with it, newest first, with who did it: edits, tests and runs. */
export function HistoryTab({ connection }: { connection: Connection }) {
  const { id } = connection;
  const timeline = useRead(['connection', id, 'timeline'], 'GET /api/v1/connections/{id}/timeline', { path: { id } });
  return (
    <Card
      title="History"
      flush
      aside={
        <Go to={`/audit?object=${id}`} className="small">
          In the audit log
        </Go>
      }
    >
      <Loaded of={timeline} rows={6}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon="history">Tests, edits and runs will be here.</EmptyState>
          ) : (
            <ol className="timeline">
              {items.map((line) => (
                <li key={line.run ?? line.position}>
                  <span className="mark-idle">
                    <Icon name={ICONS[line.kind]} />
                  </span>
                  <div className="grow">
                    <p>
                      {line.run ? <Go to={`/runs/${line.run}`}>{line.title}</Go> : line.title}
                      {line.detail ? `: ${words(line.detail).toLowerCase()}` : ''}
                    </p>
                    <p className="small muted">
                      <Who actor={line.actor} /> · <TimeAgo at={line.at} />
                      {line.position ? ` · event ${line.position}` : ''}
                    </p>
                  </div>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </Card>
  );
}
