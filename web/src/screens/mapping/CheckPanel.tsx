import { ActionIcon } from '@mantine/core';

import type { CheckResult } from '../../api/schema';
import { Icon } from '../../parts/Icon';
import { count, sentence } from '../../parts/format';
import type { TargetField } from './definition';

interface Props {
  result: CheckResult;
  isOutdated: boolean;
  targets: readonly TargetField[];
  onShow: (record: string, field: string) => void;
  onClose: () => void;
}

/** What would become of many records: by field, with the records that fail. */
export function CheckPanel({ result, isOutdated, targets, onShow, onClose }: Props) {
  const label = (field: string) => targets.find((target) => target.name === field)?.label ?? field;
  return (
    <section className="card m-check" aria-labelledby="check-title">
      <div className="card-head">
        <h2 id="check-title" tabIndex={-1}>
          {count(result.records, 'record')}: {result.accepted.toLocaleString('en')} ok, {result.rejected.toLocaleString('en')} {result.rejected === 1 ? 'fails' : 'fail'}
        </h2>
        <span className="row">
          {isOutdated ? <span className="badge badge-warn tag">before your last change</span> : null}
          <ActionIcon variant="subtle" color="gray" size={32} aria-label="Close the check" onClick={onClose}>
            <Icon name="x" size={16} />
          </ActionIcon>
        </span>
      </div>
      {result.problems.length === 0 ? (
        <p className="card-body muted">Every record would be saved, without a warning.</p>
      ) : (
        <ul className="m-problems">
          {result.problems.map((problem) => (
            <li key={`${problem.field} ${problem.code} ${problem.rejects}`}>
              <p>
                <span className={`badge badge-${problem.rejects ? 'err' : 'warn'} tag`}>
                  {problem.count.toLocaleString('en')} × {problem.rejects ? problem.code : `warning ${problem.code}`}
                </span>{' '}
                <strong>{label(problem.field)}</strong>: {sentence(problem.message)}
              </p>
              <p className="small muted">{sentence(problem.remedy)}</p>
              <p className="row-4">
                {problem.examples.map((id) => (
                  <button key={id} type="button" className="link" onClick={() => onShow(id, problem.field)}>
                    #{id}
                  </button>
                ))}
                {problem.count > problem.examples.length ? <span className="small muted">and {problem.count - problem.examples.length} more</span> : null}
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
