import { useEffect } from 'react';

import { useWrite } from '../../api/queries';
import type { Run } from '../../api/schema';
import { useGo } from '../../app/go';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { Go } from '../../parts/Go';
import { count } from '../../parts/format';
import { toast } from '../../parts/toasts';
import { ChangeSet } from './ChangeSet';
import { changes } from './counts';
import { isOver } from './progress';
import { useRun } from './useRun';

/** Takes back what a run wrote, after showing what that means. */
export function UndoDialog({ run, onClose }: { run: Run; onClose: () => void }) {
  const go = useGo();
  const look = useWrite('POST /api/v1/runs/{id}/undo');
  const undo = useWrite('POST /api/v1/runs/{id}/undo', {
    topics: ['run', 'portal', 'record'],
    onDone: ({ run: made }) => {
      toast('The undo has begun');
      onClose();
      go(`/runs/${made}`);
    },
  });
  const path = { id: run.id };
  const { mutate } = look;
  useEffect(() => {
    mutate({ path: { id: run.id }, body: { mode: 'preview' } });
  }, [mutate, run.id]);
  const preview = useRun(look.data?.run).run;
  const many = preview && isOver(preview) ? changes(preview.counts) : undefined;
  return (
    <ConfirmDialog
      does="POST /api/v1/runs/{id}/undo"
      isOpen
      size="lg"
      isReady={many !== undefined && many > 0}
      onClose={onClose}
      onConfirm={() => undo.mutate({ path, body: { mode: 'apply' } })}
      title="Take back what this run wrote?"
      confirm={many ? `Take back ${count(many, 'record')}` : 'Take back'}
      isBusy={undo.isPending}
      error={undo.error ?? look.error}
    >
      <p>What it created is removed from Portal, and what it updated gets its values from before. The source is not touched.</p>
      {look.data ? <ChangeSet preview={look.data.run} isShort /> : null}
      {preview && many !== undefined ? (
        <p className="small muted">
          {many === 0 ? 'Nothing of it is left to take back. ' : 'Values that were changed since stay as they are. A large undo waits for approval. '}
          <Go to={`/runs/${preview.id}`}>See every record</Go>
        </p>
      ) : null}
    </ConfirmDialog>
  );
}
