import { ActionIcon, Menu } from '@mantine/core';
import { Fragment, useMemo } from 'react';

import { Icon } from '../../parts/Icon';
import { KindItems } from './KindMenu';
import { KindTile } from './KindTile';
import { useBuilder } from './context';
import { afterRefusal } from './edits';
import { type Step, edgesFrom, edgesTo, flowOrder, stepOf } from './graph';
import { type Line, outlineOf } from './outlineTree';
import { BRANCH_WORDS, counted, kindName, summaryOf, titleOf } from './words';

/** The same graph as a tree of steps: everything that can be done on the drawing can be done here. */
export function Outline() {
  const { graph } = useBuilder();
  const lines = useMemo(() => outlineOf(graph), [graph]);
  return (
    <section className="b-outline" id="graph" aria-label="Outline of steps" tabIndex={-1}>
      <ol className="b-tree">
        <Lines lines={lines} />
      </ol>
    </section>
  );
}

function Lines({ lines }: { lines: readonly Line[] }) {
  const { graph } = useBuilder();
  return lines.map((line, n) => {
    if (line.kind === 'again') return <Again key={`again ${line.id} ${n}`} id={line.id} />;
    if (line.kind === 'split') {
      return (
        <li key={`split ${n}`} className="b-split">
          <ol className="b-tree">
            {line.ways.map((way, at) => (
              <Fragment key={at}>
                {way.branch === undefined ? null : <li className="b-branch-name">{BRANCH_WORDS[way.branch]}</li>}
                <Lines lines={way.lines} />
              </Fragment>
            ))}
          </ol>
        </li>
      );
    }
    const step = stepOf(graph, line.id);
    return step ? <StepLine key={line.id} step={step} /> : null;
  });
}

function Again({ id }: { id: string }) {
  const { graph, select } = useBuilder();
  const step = stepOf(graph, id);
  if (!step) return null;
  return (
    <li className="b-again">
      goes on at{' '}
      <button type="button" className="link" onClick={() => select(id, 'focus')}>
        {titleOf(step)}
      </button>
    </li>
  );
}

function StepLine({ step }: { step: Step }) {
  const builder = useBuilder();
  const { graph, selected, problems, counts, installed, isEditable } = builder;
  const found = problems.of(step.id);
  const order = flowOrder(graph);
  const count = counts?.get(step.id);
  const isLoose = step.kind !== 'trigger' && edgesTo(graph, step.id).length === 0;
  return (
    <li className="b-line" data-selected={selected?.id === step.id || undefined}>
      <button
        type="button"
        className="b-line-main"
        id={`outline-${step.id}`}
        aria-current={selected?.id === step.id ? 'true' : undefined}
        onClick={() => builder.select(step.id)}
        onDoubleClick={() => builder.select(step.id, 'settings')}
        onKeyDown={(event) => {
          if ((event.key === 'Delete' || event.key === 'Backspace') && isEditable) {
            event.preventDefault();
            builder.remove(step.id);
          }
        }}
      >
        <KindTile kind={step.kind} size={28} />
        <span className="grow">
          <span className="b-line-name">{titleOf(step)}</span>
          <span className="visually-hidden">
            , step {order.indexOf(step.id) + 1} of {order.length}
            {isLoose ? ', not connected' : ''},{' '}
          </span>
          <span className="small muted b-line-about">
            {kindName(step.kind)} · {count ? `${counted(count.records, 'record')}${count.failed > 0 ? `, ${count.failed} failed` : ''}` : summaryOf(step, installed.names)}
          </span>
          {found.slice(0, 2).map((problem) => (
            <span key={problem.code} className={`small b-line-about ${problem.level === 'error' ? 'err-text' : 'warn-text'}`}>
              {problem.message}
            </span>
          ))}
        </span>
      </button>
      {isEditable ? <LineMenu step={step} /> : null}
    </li>
  );
}

function LineMenu({ step }: { step: Step }) {
  const { graph, addAfter, remove, disconnect, select, adding, startAdding } = useBuilder();
  return (
    <Menu position="bottom-end" width={320} withinPortal returnFocus={false} opened={adding === step.id} onChange={(open) => startAdding(open ? step.id : undefined)}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={`What can be done with ${titleOf(step)}`}>
          <Icon name="dots" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown
        onKeyDown={(event) => {
          if (event.key === 'Escape') select(step.id, 'focus');
        }}
      >
        <Menu.Item leftSection={<Icon name="settings" size={16} />} onClick={() => select(step.id, 'settings')}>
          Settings
        </Menu.Item>
        {step.kind === 'write' ? null : (
          <>
            <Menu.Label>Add after it</Menu.Label>
            <KindItems refusal={(kind) => afterRefusal(graph, kind, step)} onChoose={(kind) => addAfter(step.id, kind)} />
          </>
        )}
        <Menu.Divider />
        {edgesFrom(graph, step.id).map((edge) => (
          <Menu.Item key={`${edge.to} ${edge.branch ?? ''}`} leftSection={<Icon name="unlink" size={16} />} onClick={() => {
              disconnect(edge);
              select(step.id, 'focus');
            }}
          >
            Disconnect from {titleOf(stepOf(graph, edge.to) ?? step)}
          </Menu.Item>
        ))}
        <Menu.Item data-danger leftSection={<Icon name="trash" size={16} />} onClick={() => remove(step.id)}>
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
