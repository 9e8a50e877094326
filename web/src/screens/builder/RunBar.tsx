import { ActionIcon } from '@mantine/core';

import { Go } from '../../parts/Go';
import { Icon } from '../../parts/Icon';
import { StatusBadge } from '../../parts/StatusBadge';
import { count } from '../../parts/format';
import { isOver, resultWords } from './overlay';
import type { TestRun } from './useTestRun';

/** The run whose counts stand on the steps: how far it is, or how it ended. */
export function RunBar({ test }: { test: TestRun }) {
  const { run } = test;
  if (!run) return null;
  const settled = run.counts.created + run.counts.updated + run.counts.unchanged + run.counts.skipped + run.counts.failed;
  const over = isOver(run);
  const what = run.mode === 'dry-run' ? 'Test run' : 'Run';
  return (
    <div className="b-run" data-over={over || undefined}>
      <StatusBadge status={endOf(run.phase, run.counts.failed, settled, run.limit)} />
      <span role="status">{over ? `${what} ended. ${resultWords(run)}` : `${what} is going on`}</span>
      {over ? null : (
        <>
          <progress className="b-progress" aria-label="Records done" {...progress(run, settled)} />
          <span className="muted">{count(settled, 'record')} done</span>
        </>
      )}
      {run.mode === 'dry-run' ? <span className="muted small">Nothing is written.</span> : null}
      <span className="grow" />
      <Go to={`/runs/${run.id}`}>Open run</Go>
      <ActionIcon variant="subtle" color="gray" size={32} aria-label="Take the run's counts off the steps" onClick={test.close}>
        <Icon name="x" size={16} />
      </ActionIcon>
    </div>
  );
}

function progress(run: NonNullable<TestRun['run']>, settled: number): { value: number; max: number } | Record<string, never> {
  const totals = Object.values(run.fetches).map((fetch) => fetch.total ?? undefined);
  if (totals.length === 0 || totals.some((total) => total === undefined)) return {};
  const bounded = totals.reduce<number>((sum, total) => sum + Math.min(total ?? 0, run.limit ?? Number.POSITIVE_INFINITY), 0);
  return bounded === 0 ? {} : { value: Math.min(settled, bounded), max: bounded };
}

/** A run that stopped at its own limit did what it was asked to. */
function endOf(phase: string, failed: number, settled: number, limit: number | null | undefined): string {
  const limited = typeof limit === 'number' && failed === 0 && settled > 0;
  return phase === 'partly-failed' && limited ? 'succeeded' : phase;
}
