import { ActionIcon, Menu } from '@mantine/core';
import { Fragment } from 'react';

import { Icon } from '../../parts/Icon';
import { KindItems } from './KindMenu';
import { KindTile } from './KindTile';
import { useBuilder } from './context';
import { afterRefusal } from './edits';
import { type Step, edgesFrom, edgesTo, flowOrder, sortedFrom, stepOf } from './graph';
import { counted, kindName, spoken, summaryOf, titleOf } from './words';

/** The same graph as a tree of steps: everything that can be done on the drawing can be done here. */
export function Outline() {
  const { graph } = useBuilder();
  const shown = new Set<string>();
  const order = flowOrder(graph);
  const roots = order.filter((id) => edgesTo(graph, id).length === 0);
  const first = roots.length > 0 ? roots : order.slice(0, 1);
  return (
    <section className="b-outline" id="graph" aria-label="Outline of steps" tabIndex={-1}>
      <ol className="b-tree">
        {[...first, ...order].map((id) => (shown.has(id) ? null : <Branch key={id} id={id} shown={shown} />))}
      </ol>
    </section>
  );
}

function Branch({ id, shown }: { id: string; shown: Set<string> }) {
  const { graph } = useBuilder();
  const step = stepOf(graph, id);
  if (!step) return null;
  shown.add(id);
  const leaving = sortedFrom(graph, id);
  const isSplit = step.kind === 'filter' || leaving.length > 1;
  // A straight line stays at one depth; only where records part does the tree go deeper.
  return (
    <>
      <Line step={step} />
      {isSplit && leaving.length > 0 ? (
        <li className="b-split">
          <ol className="b-tree">
            {leaving.map((edge) => (
              <Fragment key={`${edge.to} ${edge.branch ?? ''}`}>
                {step.kind === 'filter' ? <li className="b-branch-name">{edge.branch ?? 'matches'}</li> : null}
                {shown.has(edge.to) ? <Again id={edge.to} /> : <Branch id={edge.to} shown={shown} />}
              </Fragment>
            ))}
          </ol>
        </li>
      ) : (
        leaving.map((edge) => (shown.has(edge.to) ? <Again key={edge.to} id={edge.to} /> : <Branch key={edge.to} id={edge.to} shown={shown} />))
      )}
    </>
  );
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

function Line({ step }: { step: Step }) {
  const builder = useBuilder();
  const { graph, selected, problems, counts, installed, isEditable } = builder;
  const found = problems.of(step.id);
  const count = counts?.get(step.id);
  const isLoose = step.kind !== 'trigger' && edgesTo(graph, step.id).length === 0;
  return (
    <li className="b-line" data-selected={selected?.id === step.id || undefined}>
      <button
        type="button"
        className="b-line-main"
        id={`outline-${step.id}`}
        aria-current={selected?.id === step.id ? 'true' : undefined}
        aria-label={spoken(step, graph, found.length, isLoose ? 'not connected' : undefined)}
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
    <Menu position="bottom-end" width={320} withinPortal opened={adding === step.id} onChange={(open) => startAdding(open ? step.id : undefined)}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={`What can be done with ${titleOf(step)}`}>
          <Icon name="dots" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
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
          <Menu.Item key={`${edge.to} ${edge.branch ?? ''}`} leftSection={<Icon name="unlink" size={16} />} onClick={() => disconnect(edge)}>
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
