import { useState } from 'react';

import { useRead, useWrite } from '../../api/queries';
import type { Changes, Run } from '../../api/schema';
import { useFilters } from '../../app/go';
import { Act } from '../../parts/Act';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { Icon } from '../../parts/Icon';
import { Card } from '../../parts/Page';
import { ErrorPanel, Loaded } from '../../parts/States';
import { number, percent } from '../../parts/format';
import { toast } from '../../parts/toasts';
import { ChangeSet, Figures } from './ChangeSet';
import { settled, wouldDo } from './counts';

/** The preview that shows record by record what a waiting run would do, if there is one. */
export function usePreviewOf(run: Run | undefined): string | undefined {
  const [search] = useFilters();
  return run?.phase === 'awaiting-approval' ? (run.preview ?? search['preview']) : undefined;
}

/** A run that has done nothing yet: what it would do, why it waits, and the decision. */
export function Approval({ run, preview }: { run: Run; preview: string | undefined }) {
  const changes = useRead(['run', run.id, 'changes'], 'GET /api/v1/runs/{id}/changes', { path: { id: run.id } });
  return (
    <Card id="approval" title="This run waits for you">
      <Loaded of={changes} rows={3}>
        {(shown) => <Decision run={run} shown={shown} preview={preview} />}
      </Loaded>
    </Card>
  );
}

function Decision({ run, shown, preview }: { run: Run; shown: Changes; preview: string | undefined }) {
  const [, change] = useFilters();
  const [open, setOpen] = useState<'approve' | 'reject'>();
  const done = (words: string) => {
    setOpen(undefined);
    toast(words);
  };
  const topics = ['run', 'overview'];
  const look = useWrite('POST /api/v1/runs/{id}/preview', { topics: ['run'], onDone: ({ run: made }) => change({ preview: made }) });
  const approve = useWrite('POST /api/v1/runs/{id}/approve', { topics, onDone: () => done('Approved. The run goes on.') });
  const reject = useWrite('POST /api/v1/runs/{id}/cancel', { topics, onDone: () => done('Rejected. Nothing was written.') });
  const path = { id: run.id };
  const intended = shown.intended ?? shown.counts;
  const would = wouldDo(intended);
  return (
    <div className="stack">
      <div className="stack-4">
        <p className="strong">
          It would {would}, of {number(settled(intended))} that it looked at. Nothing was written yet.
        </p>
        <p className="muted">{whyWords(shown.unapproved)}</p>
      </div>
      {preview ? <ChangeSet preview={preview} /> : <Figures counts={intended} />}
      {look.error ? <ErrorPanel error={look.error} unchanged /> : null}
      <div className="row">
        <Act does="POST /api/v1/runs/{id}/approve" leftSection={<Icon name="check" />} onClick={() => setOpen('approve')}>
          Approve
        </Act>
        <Act does="POST /api/v1/runs/{id}/cancel" variant="default" leftSection={<Icon name="x" />} onClick={() => setOpen('reject')}>
          Reject
        </Act>
        {preview ? null : (
          <Act does="POST /api/v1/runs/{id}/preview" variant="subtle" loading={look.isPending} onClick={() => look.mutate({ path, body: {} })}>
            Show every record
          </Act>
        )}
      </div>
      <ConfirmDialog
        does="POST /api/v1/runs/{id}/approve"
        isOpen={open === 'approve'}
        onClose={() => setOpen(undefined)}
        onConfirm={() => approve.mutate({ path })}
        title="Approve this run?"
        confirm="Approve and write"
        danger={false}
        isBusy={approve.isPending}
        error={approve.error}
      >
        <p>It begins at once and will {would} in Portal. Records that change meanwhile are left out.</p>
        <p>It can be taken back afterwards: Undo on its page.</p>
      </ConfirmDialog>
      <ConfirmDialog
        does="POST /api/v1/runs/{id}/cancel"
        isOpen={open === 'reject'}
        onClose={() => setOpen(undefined)}
        onConfirm={() => reject.mutate({ path, body: { reason: 'rejected' } })}
        title="Reject this run?"
        confirm="Reject"
        isBusy={reject.isPending}
        error={reject.error}
      >
        <p>The run ends. It has written nothing, and will not. To do it after all, start it again.</p>
      </ConfirmDialog>
    </div>
  );
}

export function whyWords({ changes, share }: Changes['unapproved']): string {
  return `More than ${number(changes)} changes that are also more than ${percent(share)} of the records are made only after somebody has looked at them.`;
}
