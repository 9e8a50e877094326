import { Button } from '@mantine/core';
import { useState } from 'react';

import { useWrite } from '../../api/queries';
import type { ShownOnce, WebhookSecret, Webhooks } from '../../api/schema';
import { Act } from '../../parts/Act';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { DataTable } from '../../parts/DataTable';
import { Icon } from '../../parts/Icon';
import { ErrorPanel } from '../../parts/States';
import { StatusBadge, Tag } from '../../parts/StatusBadge';
import { TimeAgo } from '../../parts/TimeAgo';
import { count, sentence } from '../../parts/format';
import { toast } from '../../parts/toasts';
import { Copied } from './SecretOnce';
import { MODES } from './modes';

type Asked = 'rotate' | 'close' | WebhookSecret;

/** The address for messages: how it does, its secrets, and what can be done with it. */
export function Endpoint({ endpoint, app, onShown }: { endpoint: Webhooks; app: string; onShown: (shown: ShownOnce) => void }) {
  const path = { id: endpoint.connection };
  const [asked, setAsked] = useState<Asked>();
  const topics = ['connection'];
  const done = (text: string) => () => {
    setAsked(undefined);
    toast(text);
  };
  const rotate = useWrite('POST /api/v1/connections/{id}/webhooks/rotate', {
    topics,
    onDone: (answer) => {
      setAsked(undefined);
      onShown(answer);
    },
  });
  const revoke = useWrite('POST /api/v1/connections/{id}/webhooks/revoke', { topics, onDone: done('The secret is revoked') });
  const close = useWrite('DELETE /api/v1/connections/{id}/webhooks', { topics, onDone: done('The address is closed') });
  const test = useWrite('POST /api/v1/connections/{id}/webhooks/test', { topics });
  const refused = Object.entries(endpoint.refused);
  const secret = typeof asked === 'object' ? asked : undefined;
  return (
    <div className="stack">
      <div className="row">
        <StatusBadge status={endpoint.phase === 'pending' ? 'queued' : endpoint.phase} word={endpoint.phase === 'pending' ? 'Waits for its first message' : 'Live'} />
        <span className="muted">{MODES[endpoint.mode.kind].name}</span>
      </div>
      <Copied label="Address" value={endpoint.url} />
      {endpoint.warnings.map((text) => (
        <p key={text} className="note note-warn">{sentence(text)}</p>
      ))}
      <p className="small muted">
        {count(endpoint.received, 'message')} let in{endpoint.last_received_at ? <>, the last <TimeAgo at={endpoint.last_received_at} /></> : null}
        {refused.length > 0 ? `; refused: ${refused.map(([why, times]) => `${times} × ${why}`).join(', ')}` : '; none refused'}
        {endpoint.gaps.length > 0 ? `; ${count(endpoint.gaps.length, 'gap')} in the sender’s numbers` : ''}
      </p>
      <Secrets secrets={endpoint.secrets} onRevoke={setAsked} />
      {test.data ? <Tested status={test.data.status} code={test.data.code ?? undefined} /> : null}
      {test.error ? <ErrorPanel error={test.error} unchanged /> : null}
      <div className="row">
        <Act does="POST /api/v1/connections/{id}/webhooks/test" loading={test.isPending} leftSection={<Icon name="send" size={16} />} onClick={() => test.mutate({ path })}>
          Send test
        </Act>
        <Act does="POST /api/v1/connections/{id}/webhooks/rotate" variant="default" onClick={() => setAsked('rotate')}>New secret</Act>
        <Act does="DELETE /api/v1/connections/{id}/webhooks" variant="default" onClick={() => setAsked('close')}>Close the address</Act>
        {app === 'wordpress' ? (
          <Button component="a" href="/api/v1/apps/wordpress/companion" download variant="default" leftSection={<Icon name="download" size={16} />}>
            Download the plugin
          </Button>
        ) : null}
      </div>
      {app === 'wordpress' ? (
        <p className="small muted">
          Install the plugin on the site, then paste the pairing code into its settings page. The code is shown with every new secret.
        </p>
      ) : null}
      <ConfirmDialog does="POST /api/v1/connections/{id}/webhooks/rotate" isOpen={asked === 'rotate'} danger={false} onClose={() => setAsked(undefined)} onConfirm={() => rotate.mutate({ path, body: {} })} title="Make a new secret?" confirm="New secret" isBusy={rotate.isPending} error={rotate.error}>
        <p>The secret before is accepted for 24 hours more, so that no message is lost while the sender is changed.</p>
      </ConfirmDialog>
      <ConfirmDialog does="DELETE /api/v1/connections/{id}/webhooks" isOpen={asked === 'close'} onClose={() => setAsked(undefined)} onConfirm={() => close.mutate({ path })} title="Close the address?" confirm="Close" isBusy={close.isPending} error={close.error}>
        <p>Messages to it are refused from now on, and its secrets are destroyed. What was received stays.</p>
      </ConfirmDialog>
      <ConfirmDialog does="POST /api/v1/connections/{id}/webhooks/revoke" isOpen={secret !== undefined} onClose={() => setAsked(undefined)} onConfirm={() => secret && revoke.mutate({ path, body: { number: secret.number } })} title={`Revoke secret ${secret?.number ?? ''}?`} confirm="Revoke" isBusy={revoke.isPending} error={revoke.error}>
        <p>Messages signed with it are refused at once.</p>
      </ConfirmDialog>
    </div>
  );
}

function Secrets({ secrets, onRevoke }: { secrets: WebhookSecret[]; onRevoke: (secret: WebhookSecret) => void }) {
  const accepted = secrets.filter((secret) => secret.is_accepted).length;
  return (
    <DataTable<WebhookSecret>
      caption="Secrets"
      rows={secrets}
      rowKey={({ number }) => String(number)}
      columns={[
        { key: 'number', header: 'Secret', cell: (row) => <>{row.number} <span className="mono muted">{row.fingerprint}</span></> },
        { key: 'used', header: 'Last used', cell: (row) => (row.last_used_at ? <TimeAgo at={row.last_used_at} /> : 'never') },
        {
          key: 'state',
          header: 'State',
          cell: (row) => (row.is_accepted ? <Tag tone="ok">{row.until ? 'accepted for a while' : 'accepted'}</Tag> : <Tag>no longer accepted</Tag>),
        },
        {
          key: 'revoke',
          header: '',
          label: 'Revoke',
          align: 'right',
          cell: (row) =>
            row.is_accepted && row.until && accepted > 1 ? (
              <Act does="POST /api/v1/connections/{id}/webhooks/revoke" size="xs" variant="default" aria-label={`Revoke secret ${row.number}`} onClick={() => onRevoke(row)}>
                Revoke
              </Act>
            ) : null,
        },
      ]}
    />
  );
}

function Tested({ status, code }: { status: number; code: string | undefined }) {
  const isIn = status < 300;
  return (
    <p role="status" className={`note ${isIn ? 'note-info' : 'note-warn'}`}>
      {isIn ? 'The test was let in; it stands below.' : `The test was refused with ${status}${code ? ` (${code})` : ''}.`}
    </p>
  );
}
