import { Menu } from '@mantine/core';
import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getSmoothStepPath } from '@xyflow/react';
import { memo, useState } from 'react';

import { Icon } from '../../parts/Icon';
import { KindItems } from './KindMenu';
import { useBuilder } from './context';
import { betweenRefusal } from './edits';
import { edgeKey, namedBranch, stepOf } from './graph';
import { BRANCH_WORDS, titleOf } from './words';

/** A connection between two steps, with a plus that inserts between them. */
export const StepEdge = memo(function StepEdge(props: EdgeProps) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = props;
  const { graph, isEditable, insert, disconnect } = useBuilder();
  const [isOpen, setOpen] = useState(false);
  const edge = graph.edges.find((one) => edgeKey(one) === id);
  const [path, labelX, labelY] = getSmoothStepPath({
    sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, borderRadius: 10,
  });
  if (!edge) return null;
  const [from, to] = [stepOf(graph, edge.from), stepOf(graph, edge.to)];
  const branch = namedBranch(graph, edge);
  const words = `${from ? titleOf(from) : edge.from} to ${to ? titleOf(to) : edge.to}`;
  return (
    <>
      <BaseEdge id={id} path={path} className={branch === 'failure' ? 'b-edge b-edge-failure' : 'b-edge'} />
      <EdgeLabelRenderer>
        {branch !== undefined ? (
          <span className="b-edge-label" style={{ transform: `translate(-50%, -50%) translate(${sourceX}px, ${sourceY + 13}px)` }}>
            {BRANCH_WORDS[branch]}
          </span>
        ) : null}
        {isEditable ? (
          <div className="b-edge-tools nodrag nopan" style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${branch !== undefined ? labelY + 8 : labelY}px)` }}>
            <Menu opened={isOpen} onChange={setOpen} position="bottom" width={320} withinPortal hideDetached={false} returnFocus={false}>
              <Menu.Target>
                <button type="button" tabIndex={-1} className="b-plus" aria-label={`Insert a step: ${words}`}>
                  <Icon name="plus" size={16} />
                </button>
              </Menu.Target>
              <Menu.Dropdown aria-label={`Insert a step: ${words}`}>
                <KindItems refusal={(kind) => betweenRefusal(graph, kind, edge)} onChoose={(kind) => insert(edge, kind)} />
                <Menu.Divider />
                <Menu.Item data-danger leftSection={<Icon name="unlink" size={16} />} onClick={() => disconnect(edge)}>
                  Remove this connection
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </div>
        ) : null}
      </EdgeLabelRenderer>
    </>
  );
});
