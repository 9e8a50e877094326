import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';

import { useWrite } from '../../api/queries';
import type { Role, Token } from '../../api/schema';
import { Act } from '../../parts/Act';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { DataTable, Pager } from '../../parts/DataTable';
import { Icon } from '../../parts/Icon';
import { Card } from '../../parts/Page';
import { EmptyState, ErrorPanel, Loaded } from '../../parts/States';
import { Tag } from '../../parts/StatusBadge';
import { TimeAgo } from '../../parts/TimeAgo';
import { words } from '../../parts/format';
import { toast } from '../../parts/toasts';
import { usePages } from '../../parts/usePages';

const ROLES: Array<{ value: Role; label: string }> = [
  { value: 'viewer', label: 'Viewer: sees everything, changes nothing' },
  { value: 'operator', label: 'Operator: also runs, retries, pauses and tests' },
  { value: 'administrator', label: 'Administrator: also connections, scenarios, mappings and keys' },
];

/** Keys for people and programs. */
export function AccessKeys() {
  const list = usePages(['token', 'list'], 'GET /api/v1/tokens');
  const [isMaking, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token>();
  const revoke = useWrite('DELETE /api/v1/tokens/{id}', {
    topics: ['token'],
    onDone: () => {
      setRevoking(undefined);
      toast('Revoked');
    },
  });
  const make = (
    <Act does="POST /api/v1/tokens" size="xs" onClick={() => setMaking(true)}>
      New access key
    </Act>
  );
  return (
    <>
      <Card title="Access keys" aside={make} flush>
        <Loaded of={list} rows={3}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState icon="key" action={make}>Keys let people sign in and programs call the API.</EmptyState>
            ) : (
              <DataTable<Token>
                caption="Access keys"
                rows={items}
                rowKey={({ id }) => id}
                foot={<Pager {...list.pager} />}
                columns={[
                  {
                    key: 'name',
                    header: 'Name',
                    cell: (row) => (
                      <>
                        <span className="strong">{row.name}</span>
                        <div className="mono muted">{row.id}</div>
                      </>
                    ),
                  },
                  { key: 'role', header: 'Role', cell: (row) => words(row.role) },
                  { key: 'issued', header: 'Made', wide: true, cell: (row) => <TimeAgo at={row.issued_at} /> },
                  {
                    key: 'state',
                    header: 'State',
                    cell: (row) => (row.revoked_at ? <Tag tone="err">revoked</Tag> : <Tag tone="ok">valid</Tag>),
                  },
                  {
                    key: 'revoke',
                    header: '',
                    label: 'Revoke',
                    align: 'right',
                    cell: (row) =>
                      row.revoked_at ? null : (
                        <Act does="DELETE /api/v1/tokens/{id}" size="xs" variant="default" onClick={() => setRevoking(row)} aria-label={`Revoke ${row.name}`}>
                          Revoke
                        </Act>
                      ),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
      {isMaking ? <NewKey onClose={() => setMaking(false)} /> : null}
      <ConfirmDialog
        does="DELETE /api/v1/tokens/{id}"
        isOpen={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        onConfirm={() => revoking && revoke.mutate({ path: { id: revoking.id } })}
        title={`Revoke ${revoking?.name ?? ''}?`}
        confirm="Revoke"
        isBusy={revoke.isPending}
        error={revoke.error}
      >
        <p>Whoever uses it is signed out at once. A revoked key cannot be made valid again.</p>
      </ConfirmDialog>
    </>
  );
}

function NewKey({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [token, setToken] = useState<string>();
  const issue = useWrite('POST /api/v1/tokens', {
    topics: ['token'],
    onDone: (answer) => setToken(answer.token ?? undefined),
  });
  const copy = () => {
    if (token) void navigator.clipboard.writeText(token).then(() => toast('Copied'));
  };
  return (
    <Modal opened onClose={onClose} title={token ? 'Copy the key now' : 'New access key'} closeButtonProps={{ 'aria-label': 'Close' }} closeOnClickOutside={!token}>
      {token ? (
        <div className="stack">
          <p>It is shown only this once. Nobody can look it up later.</p>
          <div className="secret-once">
            <code className="grow">{token}</code>
            <Button size="xs" variant="default" onClick={copy} leftSection={<Icon name="copy" size={14} />}>
              Copy
            </Button>
          </div>
          <div className="row dialog-actions">
            <Button onClick={onClose}>I have it</Button>
          </div>
        </div>
      ) : (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim()) issue.mutate({ body: { name: name.trim(), role } });
          }}
        >
          <TextInput data-autofocus required label="Name" description="Who or what will use it." maxLength={120} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <NativeSelect label="Role" value={role} onChange={(event) => setRole(event.currentTarget.value as Role)} data={ROLES} />
          {issue.error ? <ErrorPanel error={issue.error} unchanged /> : null}
          <div className="row dialog-actions">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Act does="POST /api/v1/tokens" type="submit" loading={issue.isPending}>
              Make the key
            </Act>
          </div>
        </form>
      )}
    </Modal>
  );
}
