import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';

import { useWrite } from '../../api/queries';
import type { Connection } from '../../api/schema';
import { Act } from '../../parts/Act';
import { ErrorPanel } from '../../parts/States';
import { toast } from '../../parts/toasts';

export function RenameDialog({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const [name, setName] = useState(connection.name);
  const rename = useWrite('POST /api/v1/connections/{id}/rename', {
    topics: ['connection'],
    onDone: () => {
      toast('Renamed');
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={`Rename ${connection.name}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) rename.mutate({ path: { id: connection.id }, body: { name: name.trim() } });
        }}
      >
        <TextInput data-autofocus label="Name" required maxLength={120} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        {rename.error ? <ErrorPanel error={rename.error} unchanged /> : null}
        <div className="row dialog-actions">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Act does="POST /api/v1/connections/{id}/rename" type="submit" loading={rename.isPending}>
            Rename
          </Act>
        </div>
      </form>
    </Modal>
  );
}
