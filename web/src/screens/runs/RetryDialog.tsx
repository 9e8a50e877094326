import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';

import { useRead, useWrite } from '../../api/queries';
import type { Run } from '../../api/schema';
import { useGo } from '../../app/go';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { count } from '../../parts/format';
import { toast } from '../../parts/toasts';
import { useRetryCount } from './useRetryCount';

/** Runs the records that failed once more, with the version they had or the newest. */
export function RetryDialog({ run, onClose }: { run: Run; onClose: () => void }) {
  const go = useGo();
  const [version, setVersion] = useState<'pinned' | 'newest'>('newest');
  const scenario = useRead(['scenario', run.scenario], 'GET /api/v1/scenarios/{id}', { path: { id: run.scenario } });
  const filter = { outcome: 'failed' as const };
  const counted = useRetryCount(run.id, filter, version);
  const retry = useWrite('POST /api/v1/runs/{id}/retry', {
    topics: ['run', 'failure'],
    onDone: (answer) => {
      toast('The retry has begun');
      onClose();
      if (answer.run) go(`/runs/${answer.run}`);
    },
  });
  const newest = scenario.data?.version;
  return (
    <ConfirmDialog
      does="POST /api/v1/runs/{id}/retry"
      isOpen
      danger={false}
      onClose={onClose}
      onConfirm={() => retry.mutate({ path: { id: run.id }, body: { filter, version, dry_run: false } })}
      title="Retry the failed records?"
      confirm={counted.data?.count === undefined ? 'Retry' : `Retry ${count(counted.data.count, 'record')}`}
      isBusy={retry.isPending}
      error={retry.error ?? counted.error}
    >
      <p>Only these records are worked on again, from what was read of them; all others stay as they are.</p>
      {counted.data && counted.data.not_recorded > 0 ? (
        <p>
          {count(counted.data.not_recorded, 'record')} could not be read from the source then: only a new run can read them.
        </p>
      ) : null}
      {counted.data && counted.data.undecided > 0 ? (
        <p>
          {count(counted.data.undecided, 'record')} {counted.data.undecided === 1 ? 'waits' : 'wait'} for a decision and {counted.data.undecided === 1 ? 'is' : 'are'} not
          sent: say on this page whether {counted.data.undecided === 1 ? 'it' : 'they'} arrived.
        </p>
      ) : null}
      <SegmentedControl
        value={version}
        onChange={(value) => setVersion(value as typeof version)}
        aria-label="Version"
        data={[
          { value: 'newest', label: newest ? `Newest version (v${newest})` : 'Newest version' },
          { value: 'pinned', label: `As it ran (v${run.version})` },
        ]}
      />
    </ConfirmDialog>
  );
}
