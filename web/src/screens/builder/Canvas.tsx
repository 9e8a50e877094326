import '@xyflow/react/dist/base.css';

import {
  Background,
  BackgroundVariant,
  type Connection,
  type FinalConnectionState,
  type Edge as FlowEdge,
  type Node,
  ReactFlow,
  useConnection,
  useReactFlow,
} from '@xyflow/react';
import { type DragEvent, type KeyboardEvent, useEffect, useMemo, useRef } from 'react';

import { ActionIcon, Tooltip } from '@mantine/core';
import { areSingleKeysOn, isTyping } from '../../app/shortcuts';
import { Icon, type IconName } from '../../parts/Icon';
import { StepEdge } from './StepEdge';
import { StepNode } from './StepNode';
import { type Builder, useBuilder } from './context';
import { type Dropped, droppedOn } from './drop';
import { connectRefusal } from './edits';
import { type Branch, type Graph, KINDS, type Kind, edgeKey, edgesTo, flowOrder, namedBranch, sortedFrom, stepOf } from './graph';
import { type Place, STEP_HEIGHT, STEP_WIDTH, layOut } from './layout';
import { spoken } from './words';

const NODE_TYPES = { step: StepNode };
const EDGE_TYPES = { step: StepEdge };
const FIT = { padding: 0.16, maxZoom: 1, minZoom: 0.45, duration: 160 };
/** What a palette entry carries while it is dragged. */
export const DRAGGED = 'application/x-portal-step';

/** The graph, drawn. One Tab stop; arrows move between steps. */
export function Canvas() {
  const builder = useBuilder();
  const { graph, selected, isEditable } = builder;
  const flow = useReactFlow();
  const frame = useRef<HTMLDivElement>(null);
  const places = useMemo(() => layOut(graph), [graph]);
  const nodes = useNodes(builder, places);
  const edges = useMemo(() => flowEdges(graph), [graph]);
  const count = graph.nodes.length;
  useEffect(() => {
    if (count === 0) return undefined;
    const timer = setTimeout(() => void flow.fitView(FIT), 30);
    return () => clearTimeout(timer);
  }, [flow, count]);

  const refused = (one: Connection | FlowEdge) =>
    connectRefusal(graph, one.source, one.target, branchFrom(graph, one.source, one.sourceHandle));
  const connected = (one: Connection) => builder.connect(one.source, one.target, branchFrom(graph, one.source, one.sourceHandle));
  const ended = (_: unknown, state: FinalConnectionState) => {
    if (state.isValid !== false || !state.fromNode || !state.toNode) return;
    const why = connectRefusal(graph, state.fromNode.id, state.toNode.id, branchFrom(graph, state.fromNode.id, state.fromHandle?.id));
    if (why !== undefined) builder.say(why);
  };
  const dropped = (event: DragEvent) => {
    const kind = event.dataTransfer.getData(DRAGGED) as Kind;
    if (!KINDS.includes(kind)) return;
    event.preventDefault();
    drop(builder, kind, droppedOn(graph, places, kind, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })));
  };

  return (
    // The keys of the graph are listed under "?" and every one of them has a button or a menu as its twin.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className="b-canvas"
      id="graph"
      ref={frame}
      role="region"
      aria-label="Graph of steps"
      tabIndex={-1}
      onKeyDown={(event) => press(event, builder, flow)}
      onDragOver={(event) => {
        if (isEditable && event.dataTransfer.types.includes(DRAGGED)) event.preventDefault();
      }}
      onDrop={dropped}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        nodesDraggable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        zoomActivationKeyCode={null}
        panActivationKeyCode={null}
        minZoom={0.2}
        maxZoom={1.6}
        connectionRadius={36}
        fitView
        fitViewOptions={FIT}
        onNodeClick={(_, node) => builder.select(node.id, 'focus')}
        onNodeDoubleClick={(_, node) => builder.select(node.id, 'settings')}
        onPaneClick={() => builder.select(undefined)}
        isValidConnection={(one) => refused(one) === undefined}
        onConnect={connected}
        onConnectEnd={ended}
        proOptions={PRO}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.4} color="var(--b-dots)" />
        <Refusal />
      </ReactFlow>
      <Tools />
      <span className="visually-hidden" id="graph-keys">
        Arrows move along the connections, Enter opens the settings, a adds a step after this one, Delete removes it.
      </span>
      {selected ? null : <span className="b-anchor" />}
    </div>
  );
}

const PRO = { hideAttribution: false };

/** Why the connection that is being drawn would not be allowed. */
function Refusal() {
  const { graph } = useBuilder();
  const drawn = useConnection();
  if (!drawn.inProgress || drawn.isValid !== false || !drawn.toNode) return null;
  const why = connectRefusal(graph, drawn.fromNode.id, drawn.toNode.id, branchFrom(graph, drawn.fromNode.id, drawn.fromHandle.id));
  return why === undefined ? null : <div className="b-refusal">{why}</div>;
}

function Tools() {
  const flow = useReactFlow();
  const tools: [IconName, string, () => void][] = [
    ['plus', 'Zoom in (+)', () => void flow.zoomIn({ duration: 120 })],
    ['minus', 'Zoom out (−)', () => void flow.zoomOut({ duration: 120 })],
    ['focus-centered', 'Show everything (f)', () => void flow.fitView(FIT)],
  ];
  return (
    <div className="b-tools" role="group" aria-label="Zoom">
      {tools.map(([icon, label, run]) => (
        <Tooltip key={icon} label={label} position="right">
          <ActionIcon variant="default" size={34} aria-label={label} onClick={run}>
            <Icon name={icon} size={16} />
          </ActionIcon>
        </Tooltip>
      ))}
    </div>
  );
}

function useNodes(builder: Builder, places: ReadonlyMap<string, Place>): Node[] {
  const { graph, selected, problems, counts } = builder;
  return useMemo(() => {
    const order = flowOrder(graph);
    const stop = selected?.id ?? order[0];
    return order.flatMap((id): Node[] => {
      const step = stepOf(graph, id);
      if (!step) return [];
      const count = counts?.get(id);
      const told = count ? `${count.records} records${count.failed > 0 ? `, ${count.failed} failed` : ''}` : undefined;
      return [
        {
          id,
          type: 'step',
          position: places.get(id) ?? { x: 0, y: 0 },
          width: STEP_WIDTH,
          height: STEP_HEIGHT,
          // Steps have one size: nothing has to be measured again when something else about them changes.
          measured: { width: STEP_WIDTH, height: STEP_HEIGHT },
          data: {},
          ariaRole: 'group',
          ariaLabel: spoken(step, graph, problems.of(id).length, told),
          domAttributes: {
            tabIndex: id === stop ? 0 : -1,
            'aria-roledescription': 'scenario step',
            'aria-describedby': 'graph-keys',
            'aria-current': selected?.id === id ? 'true' : undefined,
            onFocus: () => {
              if (selected?.id !== id) builder.select(id);
            },
          } as NonNullable<Node['domAttributes']>,
        },
      ];
    });
  }, [graph, selected, problems, counts, places, builder]);
}

function flowEdges(graph: Graph): FlowEdge[] {
  const known = new Set(graph.nodes.map((step) => step.id));
  return graph.edges
    .filter((edge) => known.has(edge.from) && known.has(edge.to))
    .map((edge) => {
      return {
        id: edgeKey(edge),
        source: edge.from,
        target: edge.to,
        sourceHandle: namedBranch(graph, edge) ?? null,
        type: 'step',
        focusable: false,
        domAttributes: { 'aria-hidden': true, 'aria-roledescription': undefined } as NonNullable<FlowEdge['domAttributes']>,
      };
    });
}

function branchFrom(graph: Graph, from: string, handle: string | null | undefined): Branch | undefined {
  if (handle === 'failure') return 'failure';
  if (stepOf(graph, from)?.kind !== 'filter') return undefined;
  return handle === 'otherwise' ? 'otherwise' : 'matches';
}

function press(event: KeyboardEvent, builder: Builder, flow: ReturnType<typeof useReactFlow>): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  // Keys of a menu come here as well: it belongs to a step, and is drawn elsewhere.
  if (!event.currentTarget.contains(event.target as globalThis.Node)) return;
  // A menu that is opening has not the focus yet: the next key is meant for it.
  if (builder.adding !== undefined) return;
  const run = keyOf(event.key, builder, flow);
  if (!run) return;
  event.preventDefault();
  run();
}

function keyOf(key: string, builder: Builder, flow: ReturnType<typeof useReactFlow>): (() => void) | undefined {
  const { graph, selected, isEditable } = builder;
  const order = flowOrder(graph);
  const to = (id: string | undefined) => (id === undefined ? undefined : () => builder.select(id, 'focus'));
  if (!selected) return key.startsWith('Arrow') ? to(order[0]) : single(key, flow);
  switch (key) {
    case 'ArrowDown':
      return to(sortedFrom(graph, selected.id)[0]?.to ?? selected.id);
    case 'ArrowUp':
      return to(edgesTo(graph, selected.id)[0]?.from ?? selected.id);
    case 'ArrowLeft':
    case 'ArrowRight':
      return to(beside(graph, selected.id, key === 'ArrowLeft' ? -1 : 1));
    case 'Home':
      return to(order[0]);
    case 'End':
      return to(order[order.length - 1]);
    case 'Enter':
      return () => builder.select(selected.id, 'settings');
    case 'Delete':
    case 'Backspace':
      return isEditable ? () => builder.remove(selected.id) : undefined;
    case 'a':
      return isEditable && areSingleKeysOn() ? () => builder.startAdding(selected.id) : undefined;
    default:
      return single(key, flow);
  }
}

function single(key: string, flow: ReturnType<typeof useReactFlow>): (() => void) | undefined {
  if (!areSingleKeysOn()) return undefined;
  if (key === 'f') return () => void flow.fitView(FIT);
  if (key === '+' || key === '=') return () => void flow.zoomIn();
  return key === '-' || key === '−' ? () => void flow.zoomOut() : undefined;
}

/** The next step of the same row. */
function beside(graph: Graph, id: string, way: -1 | 1): string {
  const places = layOut(graph);
  const own = places.get(id);
  if (!own) return id;
  const others = [...places].filter(([, place]) => place.y === own.y && (place.x - own.x) * way > 0);
  others.sort(([, a], [, b]) => Math.abs(a.x - own.x) - Math.abs(b.x - own.x));
  return others[0]?.[0] ?? id;
}

function drop(builder: Builder, kind: Kind, { step, edge }: Dropped): void {
  if (edge) builder.insert(edge, kind);
  else if (step !== undefined) builder.addAfter(step, kind);
  else builder.add(kind);
}
