import { useState } from 'react';

import { type ApiError, asApiError } from '../../api/problem';
import { useWrite } from '../../api/queries';
import type { Connection } from '../../api/schema';
import { Act } from '../../parts/Act';
import { Card } from '../../parts/Page';
import { ErrorPanel } from '../../parts/States';
import { TimeAgo } from '../../parts/TimeAgo';
import { toast } from '../../parts/toasts';
import { PasswordForm } from './PasswordForm';
import { leaveFor } from './authorising';

const METHODS: Record<string, string> = {
  'app-password': 'Application password',
  authorize: 'Approved on the site’s page',
  none: 'Public content only',
  embedded: 'Built in',
};

/** Whom it acts as, and how to change that. */
export function AccessTab({ connection }: { connection: Connection }) {
  const [leaving, setLeaving] = useState<{ isBusy: boolean; error?: ApiError }>({ isBusy: false });
  const store = useWrite('POST /api/v1/connections/{id}/credentials', {
    topics: ['connection'],
    onDone: () => toast('Credentials saved'),
  });
  if (connection.app === 'portal') {
    return (
      <Card title="Access">
        <p>Nothing to authorise: Portal’s records are kept in this installation.</p>
      </Card>
    );
  }
  const endpoint = (connection.details as { authorization_endpoint?: unknown } | null)?.authorization_endpoint;
  const authorise = async () => {
    setLeaving({ isBusy: true });
    try {
      await leaveFor({ id: connection.id, isNew: false, address: connection.address, app: connection.app });
    } catch (error) {
      setLeaving({ isBusy: false, error: asApiError(error) });
    }
  };
  const save = (entered: { account: string; secret: string }, isForced: boolean) =>
    store.mutate({
      path: { id: connection.id },
      body: { auth: { method: 'app-password', ...entered }, even_if_failing: isForced },
    });
  return (
    <div className="stack">
      <Card title="Now">
        <dl className="facts">
          <dt>Way</dt>
          <dd>{connection.auth_method ? (METHODS[connection.auth_method] ?? connection.auth_method) : 'Not authorised yet'}</dd>
          <dt>Acts as</dt>
          <dd>{connection.account ?? '–'}</dd>
          <dt>Key fingerprint</dt>
          <dd className="mono">{connection.fingerprint ?? '–'}</dd>
          <dt>Address</dt>
          <dd className="mono">{connection.address}</dd>
          <dt>Added</dt>
          <dd>
            <TimeAgo at={connection.added_at} />
          </dd>
        </dl>
      </Card>
      <Card title="Authorise again">
        <div className="stack">
          <p className="muted">On the site’s own page. The new password replaces the one kept here; revoke the old one on the site.</p>
          {leaving.error ? <ErrorPanel error={leaving.error} unchanged /> : null}
          <div>
            <Act does="POST /api/v1/connections/{id}/authorise" onClick={() => void authorise()} loading={leaving.isBusy} disabled={endpoint === null}>
              Authorise on {connection.name}
            </Act>
          </div>
        </div>
      </Card>
      <Card title="Or enter an application password">
        <PasswordForm
          key={connection.fingerprint ?? 'none'}
          site={connection.name}
          profile={`${connection.address.replace(/\/$/, '')}/wp-admin/profile.php#application-passwords-section`}
          account={connection.account ?? undefined}
          isBusy={store.isPending}
          error={store.error}
          does="POST /api/v1/connections/{id}/credentials"
          submit="Test and save"
          onSubmit={(entered) => save(entered, false)}
          onSaveAnyway={(entered) => save(entered, true)}
        />
      </Card>
    </div>
  );
}
