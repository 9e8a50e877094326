import { useWrite } from '../../../api/queries';
import type { ErasureShown } from '../../../api/schema';
import { ConfirmDialog } from '../../../parts/ConfirmDialog';
import { count, shortTime } from '../../../parts/format';
import { toast } from '../../../parts/toasts';
import { besideField, useReason } from './useReason';

/** Asks before an erased person may come back. */
export function LiftDialog({ erasure, onClose }: { erasure: ErasureShown; onClose: () => void }) {
  const lift = useWrite('POST /api/v1/erasures/{id}/lift', {
    topics: ['erasure'],
    onDone: () => {
      toast('Lifted');
      onClose();
    },
  });
  const reason = useReason(lift.error);
  const confirm = () => {
    const said = reason.checked();
    if (said) lift.mutate({ path: { id: erasure.id }, body: { reason: said } });
  };
  return (
    <ConfirmDialog
      does="POST /api/v1/erasures/{id}/lift"
      isOpen
      onClose={onClose}
      onConfirm={confirm}
      title={`Lift the erasure of ${shortTime(erasure.at)}?`}
      confirm="Lift the erasure"
      isBusy={lift.isPending}
      error={besideField(lift.error)}
    >
      <ul className="consequences">
        <li>The next import brings the person back, if their source still shows them.</li>
        <li>{count(erasure.events, 'event')} {erasure.events === 1 ? 'stays' : 'stay'} erased: what was destroyed cannot be got back.</li>
        <li>Whom it was about is not kept, so only its time, its reason and its id tell: <span className="mono">{erasure.id}</span>, “{erasure.reason}”.</li>
      </ul>
      {reason.field}
    </ConfirmDialog>
  );
}
