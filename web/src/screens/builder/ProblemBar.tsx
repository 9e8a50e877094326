import { Button, Menu } from '@mantine/core';

import { Icon } from '../../parts/Icon';
import { sentence } from '../../parts/format';
import { useBuilder } from './context';
import { stepOf } from './graph';
import { type Problem, errorsOf } from './rules';
import { counted, titleOf } from './words';

const SHOWN = 3;

interface Props {
  onGo: (problem: Problem) => void;
}

/** What stands between the draft and its publishing. */
export function ProblemBar({ onGo }: Props) {
  const { problems, graph } = useBuilder();
  const errors = errorsOf(problems.all);
  const warnings = problems.all.length - errors.length;
  const tone = problems.isFirst ? 'idle' : errors.length > 0 ? 'err' : warnings > 0 ? 'warn' : 'ok';
  const sorted = [...errors, ...problems.all.filter((problem) => problem.level === 'warning')];
  const where = (problem: Problem) => {
    const step = stepOf(graph, problem.node);
    return step ? `${titleOf(step)}: ` : '';
  };
  return (
    <section className="b-problems" aria-label="Problems">
      <span className={`badge badge-${tone}`} role="status">
        <Icon name={tone === 'idle' ? 'clock' : tone === 'ok' ? 'circle-check' : tone === 'warn' ? 'alert-triangle' : 'alert-octagon'} size={14} />
        {problems.isFirst ? 'Checking…' : summary(errors.length, warnings, graph.nodes.length)}
      </span>
      <ul className="b-problem-links">
        {sorted.slice(0, SHOWN).map((problem, n) => (
          <li key={`${problem.code} ${problem.node ?? ''} ${n}`}>
            <button type="button" className="link b-problem" title={`What to do: ${problem.remedy}`} onClick={() => onGo(problem)}>
              {where(problem)}
              {problem.message}
            </button>
          </li>
        ))}
      </ul>
      {sorted.length > 0 ? (
        <Menu position="top-end" width={460} withinPortal>
          <Menu.Target>
            <Button size="xs" variant="default">
              All problems
            </Button>
          </Menu.Target>
          <Menu.Dropdown className="b-all-problems">
            {sorted.map((problem, n) => (
              <Menu.Item
                key={`${problem.code} ${problem.node ?? ''} ${n}`}
                leftSection={<Icon name={problem.level === 'error' ? 'alert-octagon' : 'alert-triangle'} size={16} className={problem.level === 'error' ? 'err-text' : 'warn-text'} />}
                onClick={() => onGo(problem)}
              >
                <span className="b-menu-name">
                  {where(problem)}
                  {problem.message}
                </span>
                <span className="b-menu-why">{sentence(problem.remedy)}</span>
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
    </section>
  );
}

function summary(errors: number, warnings: number, steps: number): string {
  if (steps === 0) return 'Nothing here yet';
  const warned = counted(warnings, 'warning');
  if (errors === 0) return warnings === 0 ? 'No problems, ready to publish' : `${warned}, ready to publish`;
  return warnings === 0 ? counted(errors, 'problem') : `${counted(errors, 'problem')}, ${warned}`;
}
