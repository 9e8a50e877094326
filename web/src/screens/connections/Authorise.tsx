import { useState } from 'react';

import { call } from '../../api/client';
import type { Found } from '../../api/discover';
import { ApiError, asApiError } from '../../api/problem';
import { Act } from '../../parts/Act';
import { Icon } from '../../parts/Icon';
import { ErrorPanel } from '../../parts/States';
import { PasswordForm } from './PasswordForm';
import { leaveFor } from './authorising';

interface Props {
  app: string;
  found: Found;
  /** The person came back without having approved. */
  isRejected: boolean;
  /** Makes the connection, without a credential. */
  create: () => Promise<string>;
  onAdded: (id: string) => void;
}

/** On the site's own page, or with a password that is pasted. */
export function Authorise({ app, found, isRejected, create, onAdded }: Props) {
  const endpoint = textOf(found.details['authorization_endpoint']);
  const host = hostOf(found.address);
  const name = found.identity.name || host;
  const [isPasting, setPasting] = useState(!endpoint);
  const [isBusy, setBusy] = useState(false);
  const [leavingError, setLeavingError] = useState<ApiError>();
  const [refusal, setRefusal] = useState<ApiError | null>(null);

  const authorise = async () => {
    setBusy(true);
    setLeavingError(undefined);
    let id: string | undefined;
    try {
      id = await create();
      await leaveFor({ id, isNew: true, address: found.address, app });
    } catch (error) {
      setLeavingError(asApiError(error));
      setPasting(true);
      setBusy(false);
      // Nothing half done stays behind.
      if (id) await call('DELETE /api/v1/connections/{id}', { path: { id } }).catch(() => undefined);
    }
  };
  const paste = async (entered: { account: string; secret: string }) => {
    setBusy(true);
    setRefusal(null);
    try {
      const added = await call('POST /api/v1/connections', {
        body: { app, address: found.address, auth: { method: 'app-password', ...entered }, require_healthy: true },
      });
      onAdded(added.id);
    } catch (error) {
      setRefusal(asApiError(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="stack">
      {isRejected ? (
        <p className="note note-warn" role="status">
          <Icon name="info-circle" /> You chose not to approve on {host}. Nothing was stored.
        </p>
      ) : null}
      {endpoint ? (
        <div className="stack-8">
          <div>
            <Act
              does="POST /api/v1/connections"
              onClick={() => void authorise()}
              loading={isBusy && !isPasting}
              variant={isPasting ? 'default' : 'filled'}
              rightSection={<Icon name="arrow-right" />}
            >
              Authorise on {host}
            </Act>
          </div>
          <p className="small muted">
            {name} opens its own page and asks you. It makes a password for this only; you can revoke it there at any
            time. Your own password is never seen here.
          </p>
        </div>
      ) : (
        <p className="note note-warn">
          <Icon name="info-circle" />
          <span>
            {host} does not offer application passwords by itself. WordPress offers them on https, or where the
            environment type is <code>local</code>. If you have one, paste it.
          </span>
        </p>
      )}
      {leavingError ? <ErrorPanel error={leavingError} unchanged /> : null}
      {isPasting ? (
        <PasswordForm
          site={name}
          profile={`${found.address.replace(/\/$/, '')}/wp-admin/profile.php#application-passwords-section`}
          isBusy={isBusy}
          error={refusal}
          does="POST /api/v1/connections"
          submit="Test and save"
          onSubmit={(entered) => void paste(entered)}
        />
      ) : (
        <div>
          <button type="button" className="link" onClick={() => setPasting(true)}>
            Paste a password instead
          </button>
        </div>
      )}
    </div>
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value ? value : undefined;
}

function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}
