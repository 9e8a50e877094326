import { useEffect, useState } from 'react';

import type { Run } from '../../api/schema';
import { Icon } from '../../parts/Icon';
import { number, sentence } from '../../parts/format';
import { changes } from './counts';
import { isOver, leftText, progressOf } from './progress';

/** How far it is, and what became of the records so far. */
export function RunHead({ run }: { run: Run }) {
  const isRunning = !isOver(run);
  const now = useSeconds(isRunning);
  const progress = progressOf(run, now);
  const { counts } = run;
  const figures: Array<[string, number, string?]> = [
    ['Read', counts.read],
    [run.mode === 'dry-run' ? 'Would be created' : 'Created', counts.created],
    [run.mode === 'dry-run' ? 'Would be updated' : 'Updated', counts.updated],
    ...(counts.removed ? [[run.mode === 'dry-run' ? 'Would be taken back' : 'Taken back', counts.removed] satisfies [string, number]] : []),
    ['Unchanged', counts.unchanged],
    ['Skipped', counts.skipped],
    ['Failed', counts.failed, 'err-text'],
  ];
  const troubles = Object.values(run.fetches).flatMap(({ problem }) => (problem ? [problem] : []));
  const isAtLimit = !isRunning && typeof run.limit === 'number' && Object.values(run.fetches).some(({ complete, problem }) => complete === false && !problem);
  return (
    <div className="card card-body stack">
      <div
        className="progress"
        role="progressbar"
        aria-label="Progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={progress.share === undefined ? undefined : Math.floor(progress.share * 100)}
        aria-valuetext={progress.text}
        data-unknown={(progress.share === undefined && isRunning) || undefined}
      >
        <span className="progress-ok" style={{ flexGrow: changes(counts) + counts.unchanged }} />
        <span className="progress-idle" style={{ flexGrow: counts.skipped }} />
        <span className="progress-err" style={{ flexGrow: counts.failed }} />
        <span style={{ flexGrow: Math.max(0, (progress.total ?? progress.done) - progress.done) }} />
      </div>
      <div className="between">
        <dl className="run-figures">
          {figures.map(([name, value, tone]) => (
            <div key={name}>
              <dt className="small muted">{name}</dt>
              <dd className={value > 0 ? tone : undefined}>{number(value)}</dd>
            </div>
          ))}
        </dl>
        {isRunning ? (
          <p className="small muted">
            {progress.text}
            {progress.perSecond ? ` · ${number(Math.round(progress.perSecond))} per second` : ''}
            {progress.leftMs === undefined ? '' : ` · ${leftText(progress.leftMs)}`}
          </p>
        ) : null}
      </div>
      {isAtLimit ? (
        <p className="small muted">
          Stopped after {number(run.limit ?? 0)} {run.limit === 1 ? 'record' : 'records'}, as was asked. The source has more.
        </p>
      ) : null}
      {troubles.map((problem) => (
        <div key={problem.code + problem.message} className="error-panel" role="alert">
          <Icon name="alert-triangle" />
          <div>
            <p className="strong">{sentence(problem.message)}</p>
            <p>What to do: {sentence(problem.remedy)}</p>
          </div>
        </div>
      ))}
    </div>
  );
}

/** The time, every second while something runs. */
function useSeconds(isOn: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isOn) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [isOn]);
  return now;
}
