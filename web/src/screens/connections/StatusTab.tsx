import { checkOf } from '../../api/discover';
import { useWrite } from '../../api/queries';
import type { Connection } from '../../api/schema';
import { useScenarios } from '../../api/names';
import { useFilters } from '../../app/go';
import { Act, GoAct } from '../../parts/Act';
import { Icon } from '../../parts/Icon';
import { Card } from '../../parts/Page';
import { EmptyState, ErrorPanel } from '../../parts/States';
import { sentence } from '../../parts/format';
import { toast } from '../../parts/toasts';
import { Checks } from './Checks';
import { HealthBars } from './HealthBars';
import { worstStage } from './health';

const CONSENT: Record<string, string> = {
  REJECTED: 'You chose not to approve. Nothing was changed.',
};

/** How it is, why, and what to do. */
export function StatusTab({ connection }: { connection: Connection }) {
  const [search] = useFilters();
  const consent = search['consent'];
  const scenarios = useScenarios();
  const confirm = useWrite('POST /api/v1/connections/{id}/confirm-identity', {
    topics: ['connection'],
    onDone: () => toast('Taken as the same site'),
  });
  const worst = worstStage(connection.stages);
  if (connection.app === 'portal') {
    return (
      <Card title="Portal">
        <p>Portal’s records are kept in this installation. There is nothing to authorise.</p>
      </Card>
    );
  }
  return (
    <div className="stack">
      {consent ? (
        <p className="note note-warn" role="status">
          <Icon name="alert-triangle" />
          {CONSENT[consent] ?? `Authorising did not succeed (${consent}). Try again under Access, or paste a password there.`}
        </p>
      ) : null}
      {connection.phase === 'identity-in-doubt' ? (
        <div className="error-panel" role="alert">
          <Icon name="alert-triangle" />
          <div className="stack-8 grow">
            <p className="strong">The site answers as another one than before</p>
            <p>
              {connection.identity ? `It was known as ${connection.identity.name} (${connection.identity.url}). ` : ''}
              Nothing is read until you say that it is the same site, so that records of two sites are never mixed.
            </p>
            {confirm.error ? <ErrorPanel error={confirm.error} unchanged /> : null}
            <div>
              <Act does="POST /api/v1/connections/{id}/confirm-identity" size="xs" variant="default" loading={confirm.isPending} onClick={() => confirm.mutate({ path: { id: connection.id } })}>
                It is the same site
              </Act>
            </div>
          </div>
        </div>
      ) : null}
      {connection.health === 'healthy' && scenarios.data?.items.length === 0 ? (
        <div className="note note-info">
          <Icon name="info-circle" />
          <span className="grow">It works. Next: choose what to import.</span>
          <GoAct does="POST /api/v1/scenarios" to={`/connections/new?app=${connection.app}&connection=${connection.id}&step=import`} size="xs">
            Choose what to import
          </GoAct>
        </div>
      ) : null}
      {worst ? (
        <Card title={worst.title}>
          <div className="stack-8">
            <p>{sentence(worst.finding)}</p>
            {worst.remedy ? <p>What to do: {sentence(worst.remedy)}</p> : null}
          </div>
        </Card>
      ) : null}
      <HealthBars connection={connection.id} />
      <Card title="Last test" flush>
        {connection.stages.length > 0 ? (
          <div className="card-body">
            <Checks checks={connection.stages.map(checkOf)} label="Checks of the last test" />
          </div>
        ) : (
          <EmptyState icon="circle-check">
            {connection.auth_method ? 'It was not tested yet. Test now shows here what was looked at.' : 'It is not authorised yet: do that under Access.'}
          </EmptyState>
        )}
      </Card>
    </div>
  );
}
