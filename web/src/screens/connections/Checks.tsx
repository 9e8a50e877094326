import type { Check } from '../../api/discover';
import { Icon, type IconName } from '../../parts/Icon';
import { duration, sentence } from '../../parts/format';

const LOOKS: Record<Check['outcome'], { icon: IconName; tone: string; word: string }> = {
  running: { icon: 'loader-2', tone: 'mark-info', word: 'running' },
  passed: { icon: 'circle-check', tone: 'mark-ok', word: 'passed' },
  warned: { icon: 'alert-triangle', tone: 'mark-warn', word: 'warning' },
  failed: { icon: 'circle-x', tone: 'mark-err', word: 'failed' },
  skipped: { icon: 'circle-dashed', tone: 'mark-idle', word: 'skipped' },
};

/** What was looked at, in order, each with what to do about it. */
export function Checks({ checks, label }: { checks: Check[]; label: string }) {
  return (
    <ul className="checks" aria-label={label}>
      {checks.map((check) => {
        const look = LOOKS[check.outcome];
        return (
          <li key={check.id} data-outcome={check.outcome}>
            <span className={look.tone}>
              <Icon name={look.icon} turning={check.outcome === 'running'} />
            </span>
            <div className="grow">
              <p>
                <span className="strong">{check.title}</span>
                <span className="visually-hidden">, {look.word}</span>
                {check.tookMs === undefined || check.tookMs < 1 ? null : <span className="small muted"> · {duration(check.tookMs)}</span>}
              </p>
              {check.detail ? <p className="small muted">{sentence(check.detail)}</p> : null}
              {check.remedy && check.outcome !== 'passed' ? (
                <p className="small">What to do: {sentence(check.remedy)}</p>
              ) : null}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
