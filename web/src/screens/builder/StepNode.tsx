import { Menu } from '@mantine/core';
import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';

import { Icon } from '../../parts/Icon';
import { KindItems } from './KindMenu';
import { KindTile } from './KindTile';
import { useBuilder } from './context';
import { afterRefusal } from './edits';
import { type Step, branchesOf, edgesFrom, stepOf } from './graph';
import type { StepCount } from './overlay';
import { counted, kindName, summaryOf, titleOf } from './words';

/** One step on the graph. Its frame carries name, role and keys; see `Canvas`. */
export const StepNode = memo(function StepNode({ id }: NodeProps) {
  const builder = useBuilder();
  const step = stepOf(builder.graph, id);
  if (!step) return null;
  const problems = builder.problems.of(id);
  const worst = problems.some((problem) => problem.level === 'error') ? 'error' : problems.length > 0 ? 'warning' : undefined;
  const count = builder.counts?.get(id);
  return (
    <div className="b-step" data-problem={worst} data-selected={builder.selected?.id === id || undefined}>
      {step.kind === 'trigger' ? null : <Handle type="target" position={Position.Top} isConnectable={builder.isEditable} />}
      <div className="b-step-head">
        <KindTile kind={step.kind} />
        <div className="b-step-names">
          <span className="b-step-kind">{kindName(step.kind)}</span>
          <span className="b-step-name">{titleOf(step)}</span>
        </div>
        {worst ? (
          <span className={`b-mark b-mark-${worst}`}>
            <Icon name={worst === 'error' ? 'alert-octagon' : 'alert-triangle'} size={18} />
          </span>
        ) : null}
      </div>
      <div className="b-step-foot">{count ? <CountLine count={count} /> : <span className="truncate">{summaryOf(step, builder.installed.names)}</span>}</div>
      <Outputs step={step} />
      <AddAfter step={step} />
    </div>
  );
});

function CountLine({ count }: { count: StepCount }) {
  return (
    <>
      <span>{counted(count.records, 'record')}</span>
      {count.failed > 0 ? <span className="b-failed">{count.failed.toLocaleString('en')} failed</span> : null}
    </>
  );
}

/** Where the ways leave a step, from left to right. */
const OUTPUTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  filter: { matches: '22%', otherwise: '54%', failure: '86%' },
  map: { '': '50%', failure: '86%' },
  write: { failure: '86%' },
};

function Outputs({ step }: { step: Step }) {
  const { isEditable } = useBuilder();
  return branchesOf(step.kind).map((branch) => (
    <Handle
      key={branch ?? ''}
      type="source"
      id={branch ?? null}
      position={Position.Bottom}
      className={branch === 'failure' ? 'b-handle-failure' : ''}
      style={{ left: OUTPUTS[step.kind]?.[branch ?? ''] ?? '50%' }}
      isConnectable={isEditable}
    />
  ));
}

// Not by keys: the key that opens the menu would close it again.
/** Until the menu is gone and with it its hold on the focus. */
const CLOSED_MS = 220;
const OUTSIDE = ['mousedown', 'touchstart'];

/** The plus under a step that nothing follows yet, and the menu that the key `a` opens on any step. */
function AddAfter({ step }: { step: Step }) {
  const { graph, isEditable, adding, startAdding, addAfter, select } = useBuilder();
  const isOpen = adding === step.id;
  const isLast = edgesFrom(graph, step.id).every((edge) => edge.branch === 'failure');
  if (!isEditable || step.kind === 'write' || !(isOpen || isLast)) return null;
  return (
    <Menu opened={isOpen} onChange={(open) => startAdding(open ? step.id : undefined)} position="bottom" width={320} withinPortal hideDetached={false} clickOutsideEvents={OUTSIDE} returnFocus={false}>
      <Menu.Target>
        <button
          type="button"
          tabIndex={-1}
          className={`b-plus b-plus-after nodrag nopan${isLast ? '' : ' b-plus-ghost'}`}
          aria-label={`Add a step after ${titleOf(step)}`}
        >
          <Icon name="plus" size={16} />
        </button>
      </Menu.Target>
      <Menu.Dropdown
        aria-label={`Add a step after ${titleOf(step)}`}
        onKeyDown={(event) => {
          // What is added takes the focus; without that it goes back to the step.
          if (event.key === 'Escape') select(step.id, 'focus');
        }}
      >
        <KindItems refusal={(kind) => afterRefusal(graph, kind, step)} onChoose={(kind) => setTimeout(() => addAfter(step.id, kind), CLOSED_MS)} />
      </Menu.Dropdown>
    </Menu>
  );
}
