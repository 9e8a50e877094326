import './runs.css';

import { Tabs } from '@mantine/core';
import { useState } from 'react';

import { useScenarioNames } from '../../api/names';
import { useRead, useWrite } from '../../api/queries';
import type { Run } from '../../api/schema';
import { useFilters, useGo, usePathValues } from '../../app/go';
import { Act } from '../../parts/Act';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { Go } from '../../parts/Go';
import { Icon } from '../../parts/Icon';
import { Card, Page } from '../../parts/Page';
import { EmptyState, ErrorPanel, Loaded } from '../../parts/States';
import { StatusBadge, Tag } from '../../parts/StatusBadge';
import { TimeAgo } from '../../parts/TimeAgo';
import { count, number } from '../../parts/format';
import { toast } from '../../parts/toasts';
import { Approval, usePreviewOf } from './Approval';
import { Feedback } from './Feedback';
import { ItemPanel } from './ItemPanel';
import { RetryDialog } from './RetryDialog';
import { useToRetry } from './useRetryCount';
import { RunGroups } from './RunGroups';
import { RunHead } from './RunHead';
import { RunItems } from './RunItems';
import { RunLog } from './RunLog';
import { RunSteps } from './RunSteps';
import { KINDS, StartedBy, took } from './Runs';
import { Undecided } from './Undecided';
import { UndoDialog } from './UndoDialog';
import { changes } from './counts';
import { isOver } from './progress';
import { useRun } from './useRun';

type Dialog = 'cancel' | 'retry' | 'undo';

/** One run: what it did, record by record. */
export function RunDetail() {
  const { id = '', key } = usePathValues();
  const [search, change] = useFilters();
  const go = useGo();
  const nameOf = useScenarioNames();
  const run = useRead(['run', id], 'GET /api/v1/runs/{id}', { path: { id } });
  const [open, setOpen] = useState<Dialog>();
  const cancel = useWrite('POST /api/v1/runs/{id}/cancel', {
    topics: ['run'],
    onDone: () => {
      setOpen(undefined);
      toast('The run stops after the current page');
    },
  });
  const again = useWrite('POST /api/v1/scenarios/{id}/runs', {
    topics: ['run'],
    onDone: ({ run: started }) => go(`/runs/${started}`),
  });
  const shown = run.data;
  const previewId = usePreviewOf(shown);
  const preview = useRun(previewId).run;
  const tab = search['tab'] ?? 'records';
  const tabTo = (next: string | null) => change({ tab: next === 'records' ? undefined : (next ?? undefined) });

  return (
    <Page
      title={shown ? nameOf(shown.scenario) : 'Run'}
      back={<Go to="/runs" className="small">Runs</Go>}
      aside={
        shown ? (
          <span className="row" role="status">
            <StatusBadge status={shown.phase} />
            {shown.mode === 'dry-run' ? <Tag tone="info">test, writes nothing</Tag> : null}
            {KINDS[shown.kind] ? <Tag>{KINDS[shown.kind]}</Tag> : null}
          </span>
        ) : null
      }
      actions={shown ? <Actions run={shown} onOpen={setOpen} onAgain={() => again.mutate({ path: { id: shown.scenario }, body: { dry_run: shown.mode === 'dry-run' } })} isStarting={again.isPending} /> : null}
    >
      <div className="stack">
        {again.error ? <ErrorPanel error={again.error} unchanged /> : null}
        <Loaded of={run} rows={8}>
          {(loaded) => (
            <>
              {isWaiting(loaded) ? <Approval run={loaded} preview={previewId} /> : <RunHead run={loaded} />}
              {/* A record that is open has the decision about itself, and stays in sight. */}
              {key ? null : <Undecided run={loaded} />}
              <div className={key ? 'run-columns run-with-panel' : 'run-columns'}>
                <div className="stack run-left">
                  <RunSteps run={loaded} />
                  <Card title="About">
                    <dl className="facts">
                      <dt>Scenario</dt>
                      <dd>
                        <Go to={`/scenarios/${loaded.scenario}/builder`}>{nameOf(loaded.scenario)}</Go> v{loaded.version}
                      </dd>
                      <dt>Started by</dt>
                      <dd>{originOf(loaded) ? <Go to={`/runs/${originOf(loaded)}`}><StartedBy run={loaded} /></Go> : <StartedBy run={loaded} />}</dd>
                      <dt>Start</dt>
                      <dd>
                        <TimeAgo at={loaded.started_at} />
                      </dd>
                      <dt>Took</dt>
                      <dd>{took(loaded)}</dd>
                      <dt>Id</dt>
                      <dd className="mono">{loaded.id}</dd>
                    </dl>
                  </Card>
                  {isOver(loaded) && loaded.mode === 'apply' ? <Feedback run={loaded} /> : null}
                </div>
                <section className="card run-middle" aria-label="Records and log">
                  <Tabs value={tab} onChange={tabTo} data-keeps-focus>
                    <Tabs.List>
                      <Tabs.Tab value="records">Records</Tabs.Tab>
                      <Tabs.Tab value="groups">Reasons</Tabs.Tab>
                      <Tabs.Tab value="log">Log</Tabs.Tab>
                    </Tabs.List>
                    <Tabs.Panel value="records">
                      {isWaiting(loaded) && !preview ? (
                        <EmptyState icon="list-details">Nothing was done yet. “Show every record” lists what would be.</EmptyState>
                      ) : (
                        <RunItems run={preview ?? loaded} current={key} />
                      )}
                    </Tabs.Panel>
                    <Tabs.Panel value="groups">{tab === 'groups' ? <RunGroups run={preview ?? loaded} /> : null}</Tabs.Panel>
                    <Tabs.Panel value="log">{tab === 'log' ? <RunLog run={loaded} /> : null}</Tabs.Panel>
                  </Tabs>
                </section>
                {key ? <ItemPanel key={key} run={loaded} item={key} onClose={() => go(`/runs/${id}${queryOf(search)}`)} /> : null}
              </div>
            </>
          )}
        </Loaded>
      </div>
      {shown ? (
        <ConfirmDialog
          does="POST /api/v1/runs/{id}/cancel"
          isOpen={open === 'cancel'}
          onClose={() => setOpen(undefined)}
          onConfirm={() => cancel.mutate({ path: { id }, body: {} })}
          title="Cancel this run?"
          confirm="Cancel the run"
          isBusy={cancel.isPending}
          error={cancel.error}
        >
          <p>
            It stops after the current page. {count(changes(shown.counts), 'record')}{' '}
            {shown.mode === 'apply' ? (shown.kind === 'undo' ? 'stay taken back.' : 'stay imported.') : 'were tried; nothing was written.'}
          </p>
        </ConfirmDialog>
      ) : null}
      {shown && open === 'retry' ? <RetryDialog run={shown} onClose={() => setOpen(undefined)} /> : null}
      {shown && open === 'undo' ? <UndoDialog run={shown} onClose={() => setOpen(undefined)} /> : null}
    </Page>
  );
}

interface ActionsProps {
  run: Run;
  onOpen: (dialog: Dialog) => void;
  onAgain: () => void;
  isStarting: boolean;
}

function Actions({ run, onOpen, onAgain, isStarting }: ActionsProps) {
  const topics = { topics: ['run'] };
  const pause = useWrite('POST /api/v1/runs/{id}/pause', topics);
  const resume = useWrite('POST /api/v1/runs/{id}/resume', topics);
  const path = { id: run.id };
  if (isWaiting(run)) return null;
  if (!isOver(run)) {
    return (
      <>
        {run.phase === 'paused' ? (
          <Act does="POST /api/v1/runs/{id}/resume" variant="default" loading={resume.isPending} onClick={() => resume.mutate({ path })}>
            Resume
          </Act>
        ) : run.phase === 'running' ? (
          <Act does="POST /api/v1/runs/{id}/pause" variant="default" loading={pause.isPending} onClick={() => pause.mutate({ path })}>
            Pause
          </Act>
        ) : null}
        <Act does="POST /api/v1/runs/{id}/cancel" variant="default" disabled={run.phase === 'cancelling'} onClick={() => onOpen('cancel')} leftSection={<Icon name="player-stop" />}>
          Cancel
        </Act>
      </>
    );
  }
  return (
    <>
      {run.mode === 'apply' && changes(run.counts) > 0 ? (
        <Act does="POST /api/v1/runs/{id}/undo" variant="default" leftSection={<Icon name="arrow-back-up" />} onClick={() => onOpen('undo')}>
          Undo
        </Act>
      ) : null}
      <Act does="POST /api/v1/scenarios/{id}/runs" variant="default" onClick={onAgain} loading={isStarting}>
        Run again
      </Act>
      {run.counts.failed > 0 ? <RetryFailed run={run} onOpen={() => onOpen('retry')} /> : null}
    </>
  );
}

/** Counts what a retry would really send: neither what waits for a decision nor what came to a better end since. */
function RetryFailed({ run, onOpen }: { run: Run; onOpen: () => void }) {
  const sent = useToRetry(run);
  const hint = sent === 0 ? { hint: 'Nothing of it can be retried: it waits for a decision, came to a better end since, or could not be read' } : {};
  return (
    <Act does="POST /api/v1/runs/{id}/retry" onClick={onOpen} disabled={sent === 0} {...hint}>
      Retry failed ({number(sent)})
    </Act>
  );
}

function isWaiting(run: Run): boolean {
  return run.phase === 'awaiting-approval';
}

/** The run that this one goes back to. */
function originOf(run: Run): string | undefined {
  return run.retry_of ?? run.undo_of ?? undefined;
}

export function queryOf(search: Record<string, string | undefined>): string {
  const filled = Object.entries(search).filter((pair): pair is [string, string] => Boolean(pair[1]));
  const text = new URLSearchParams(filled).toString();
  return text ? `?${text}` : '';
}
