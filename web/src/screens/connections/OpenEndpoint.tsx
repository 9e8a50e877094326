import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';

import { useWrite } from '../../api/queries';
import type { Connection, ShownOnce, WebhookKind } from '../../api/schema';
import { Act } from '../../parts/Act';
import { ErrorPanel } from '../../parts/States';
import { MODES } from './modes';

/** The address for messages is not there yet: how senders will prove themselves is chosen once. */
export function OpenEndpoint({ connection, onShown }: { connection: Connection; onShown: (shown: ShownOnce) => void }) {
  const [kind, setKind] = useState<WebhookKind>('standard-webhooks');
  const [header, setHeader] = useState('x-signature');
  const open = useWrite('POST /api/v1/connections/{id}/webhooks', { topics: ['connection'], onDone: onShown });
  const begin = () =>
    open.mutate({ path: { id: connection.id }, body: { mode: kind === 'hmac-body' ? { kind, header: header.trim().toLowerCase() } : { kind } } });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        begin();
      }}
    >
      <p>
        With messages, changes arrive within seconds. Without them nothing is lost: scheduled runs compare everything.
      </p>
      <NativeSelect
        label="How the sender proves itself"
        description={MODES[kind].about}
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value as WebhookKind)}
        data={Object.entries(MODES).map(([value, { name }]) => ({ value, label: name }))}
      />
      {kind === 'hmac-body' ? (
        <TextInput label="Header with the signature" required value={header} onChange={(event) => setHeader(event.currentTarget.value)} />
      ) : null}
      {open.error ? <ErrorPanel error={open.error} unchanged /> : null}
      <div className="row">
        <Act does="POST /api/v1/connections/{id}/webhooks" type="submit" loading={open.isPending}>
          Make the address
        </Act>
      </div>
    </form>
  );
}
