import type { Connection } from '../../api/schema';
import { checkOf } from '../../api/discover';
import { Card } from '../../parts/Page';
import { EmptyState } from '../../parts/States';
import { Checks } from './Checks';

/** Messages from the site. */
export function WebhooksTab({ connection }: { connection: Connection }) {
  const stage = connection.stages.find(({ id }) => id === 'webhooks');
  return (
    <Card title="Messages from the site" flush>
      {stage ? (
        <div className="card-body stack">
          <Checks checks={[checkOf(stage)]} label="Check of webhooks" />
          {stage.result === 'passed' ? null : (
            <p className="muted">
              Without messages nothing is lost: scheduled runs compare everything. Messages only make changes arrive
              within seconds.
            </p>
          )}
        </div>
      ) : (
        <EmptyState icon="webhook">A test shows whether the site can send messages when something changes.</EmptyState>
      )}
    </Card>
  );
}
