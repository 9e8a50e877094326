import { useState } from 'react';

import { useRead } from '../../api/queries';
import type { Connection, ShownOnce } from '../../api/schema';
import { checkOf } from '../../api/discover';
import { Card } from '../../parts/Page';
import { EmptyState, ErrorPanel, Loaded } from '../../parts/States';
import { Checks } from './Checks';
import { Deliveries } from './Deliveries';
import { Endpoint } from './Endpoint';
import { OpenEndpoint } from './OpenEndpoint';
import { Quarantine } from './Quarantine';
import { SecretOnce } from './SecretOnce';
import { Watches } from './Watches';

/** Messages from the site, and what is kept in step by them. */
export function WebhooksTab({ connection }: { connection: Connection }) {
  const { id, app } = connection;
  const [shown, setShown] = useState<ShownOnce>();
  const stage = connection.stages.find((one) => one.id === 'webhooks');
  const endpoint = useRead(['connection', id, 'webhooks'], 'GET /api/v1/connections/{id}/webhooks', { path: { id } }, { retry: false });
  if (app === 'portal') return <EmptyState icon="webhook">Portal is written to; it sends no messages.</EmptyState>;
  const isAbsent = endpoint.error?.status === 404 || endpoint.data?.phase === 'absent' || endpoint.data?.phase === 'closed';
  return (
    <div className="stack">
      <Card id="endpoint" title="Messages from the site">
        {isAbsent ? (
          <OpenEndpoint connection={connection} onShown={setShown} />
        ) : endpoint.error && !endpoint.data ? (
          <ErrorPanel error={endpoint.error} unchanged />
        ) : (
          <Loaded of={endpoint} rows={4}>
            {(shown) => <Endpoint endpoint={shown} app={app} onShown={setShown} />}
          </Loaded>
        )}
        {stage ? <Checks checks={[checkOf(stage)]} label="Check of webhooks" /> : null}
      </Card>
      {endpoint.data && !isAbsent ? <Deliveries connection={id} /> : null}
      {endpoint.data && !isAbsent ? <Quarantine connection={id} /> : null}
      <Watches connection={id} />
      {shown ? <SecretOnce shown={shown} onClose={() => setShown(undefined)} /> : null}
    </div>
  );
}
