import { useRead, useWrite } from '../../api/queries';
import type { Connection } from '../../api/schema';
import { useGo } from '../../app/go';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { Skeleton } from '../../parts/States';
import { count } from '../../parts/format';
import { toast } from '../../parts/toasts';

export function DeleteDialog({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const go = useGo();
  const found = useRead(['connection', connection.id], 'GET /api/v1/connections/{id}/consequences', { path: { id: connection.id } }, { staleTime: 0 });
  const remove = useWrite('DELETE /api/v1/connections/{id}', {
    topics: ['connection', 'scenario', 'overview'],
    onDone: () => {
      toast(`${connection.name} was deleted`);
      go('/connections');
    },
  });
  const counted = found.data;
  return (
    <ConfirmDialog
      does="DELETE /api/v1/connections/{id}"
      isOpen
      onClose={onClose}
      onConfirm={() => remove.mutate({ path: { id: connection.id } })}
      title={`Delete ${connection.name}?`}
      confirm="Delete connection"
      isBusy={remove.isPending}
      error={remove.error}
      typed={counted?.type_the_name ? connection.name : undefined}
    >
      {counted ? (
        <ul className="consequences">
          <li>
            <strong>{count(counted.scenarios.length, 'scenario')}</strong>{' '}
            {counted.scenarios.length === 1 ? 'stops' : 'stop'}
            {counted.scenarios.length > 0 ? `: ${counted.scenarios.slice(0, 3).map(({ name }) => name).join(', ')}${counted.scenarios.length > 3 ? ', …' : ''}` : ''}.
          </li>
          <li>
            <strong>{count(counted.records, 'record')}</strong>{' '}
            {counted.records === 1 ? 'stays' : 'stay'} in Portal.
          </li>
          {counted.running > 0 ? <li>{count(counted.running, 'run')} that go on now would fail.</li> : null}
          <li>The credential kept here is erased. Revoke it on the site, too.</li>
        </ul>
      ) : found.error ? (
        <p>What depends on it could not be counted. Its scenarios stop; records that were imported stay in Portal.</p>
      ) : (
        <Skeleton rows={3} height={36} />
      )}
    </ConfirmDialog>
  );
}
