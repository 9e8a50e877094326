// Edits of a graph. Each answers with a new graph, or with the reason why it cannot be, in a sentence for people.

import {
  type Branch,
  type Edge,
  type Graph,
  type Kind,
  type Step,
  after,
  before,
  branchOf,
  branchesOf,
  edgeKey,
  edgesFrom,
  edgesTo,
  flowOrder,
  stepOf,
} from './graph';
import { KIND_WORDS, titleOf } from './words';

export interface Refused {
  readonly refused: string;
}

export interface Added {
  readonly graph: Graph;
  readonly id: string;
}

export function isRefused<T extends object>(answer: T | Refused): answer is Refused {
  return 'refused' in answer;
}

/** Why a step may not lead to another; `undefined` when it may. */
export function connectRefusal(graph: Graph, from: string, to: string, branch?: Branch): string | undefined {
  const [source, target] = [stepOf(graph, from), stepOf(graph, to)];
  if (!source || !target) return 'One of the two steps does not exist any more.';
  if (from === to) return 'A step cannot lead to itself.';
  if (target.kind === 'trigger') return 'Nothing can lead into the trigger: it is where the scenario starts.';
  if (after(graph, to).has(from)) {
    return `This would make a loop: ${titleOf(target)} already leads to ${titleOf(source)}.`;
  }
  if (branch === 'failure' && !branchesOf(source.kind).includes('failure')) return `No single record fails at ${titleOf(source)}, so it has no failure branch.`;
  if (source.kind === 'write' && branch !== 'failure') return `Nothing can follow ${titleOf(source)}: it writes, and that is the end. Only its failure branch can lead on.`;
  const wanted = branch ?? 'matches';
  const twice = edgesFrom(graph, from).some((edge) => edge.to === to && branchOf(edge) === wanted);
  if (twice) return 'The two steps are connected already.';
  return orderRefusal(graph, target.kind, source, branch);
}

export function connect(graph: Graph, from: string, to: string, branch?: Branch): Graph | Refused {
  const refused = connectRefusal(graph, from, to, branch);
  if (refused !== undefined) return { refused };
  return { ...graph, edges: [...graph.edges, edge(graph, from, to, branch)] };
}

export function disconnect(graph: Graph, gone: Edge): Graph {
  const key = edgeKey(gone);
  return { ...graph, edges: graph.edges.filter((edge) => edgeKey(edge) !== key) };
}

/** Steps that one could be connected to, and those that it could not, with the reason. */
export function targets(graph: Graph, from: string, branch?: Branch): { step: Step; refused: string | undefined }[] {
  const order = flowOrder(graph);
  const steps = order.map((id) => stepOf(graph, id)).filter((step): step is Step => step !== undefined);
  const others = steps.filter((step) => step.id !== from);
  return others.map((step) => ({ step, refused: connectRefusal(graph, from, step.id, branch) }));
}

/** Why a kind of step cannot be added at all. */
export function addRefusal(graph: Graph, kind: Kind): string | undefined {
  if (kind === 'trigger' && graph.nodes.some((step) => step.kind === 'trigger')) {
    return 'A scenario has one trigger, and this one has it already.';
  }
  return undefined;
}

/** Why a kind of step cannot come directly after a step. */
export function afterRefusal(graph: Graph, kind: Kind, anchor: Step, branch?: Branch): string | undefined {
  if (kind === 'trigger') return 'A trigger is always the first step.';
  if (anchor.kind === 'write' && branch !== 'failure') return 'Nothing can follow a step that writes.';
  return addRefusal(graph, kind) ?? orderRefusal(graph, kind, anchor, branch);
}

/** Why a kind of step cannot stand on an edge. */
export function betweenRefusal(graph: Graph, kind: Kind, between: Edge): string | undefined {
  const [from, to] = [stepOf(graph, between.from), stepOf(graph, between.to)];
  if (!from || !to) return 'This connection does not exist any more.';
  if (kind === 'write') return 'Nothing can follow a step that writes.';
  const refused = afterRefusal(graph, kind, from, between.branch);
  if (refused !== undefined) return refused;
  if (kind === 'fetch' && to.kind === 'fetch') return 'A fetch cannot follow another fetch.';
  if (kind === 'map' && mapsBelow(graph, to.id)) {
    return 'The records are mapped further down already; each record is mapped once.';
  }
  return undefined;
}

/**
 * Adds a step after another one. In a straight line it goes between that and the next; beside what is there where it
 * cannot lead on (a write, a second fetch), and on a filter's free branch.
 */
export function addAfter(graph: Graph, anchorId: string, kind: Kind, settings: object = {}, branch?: Branch): Added | Refused {
  const anchor = stepOf(graph, anchorId);
  if (!anchor) return { refused: 'The step to add it after does not exist any more.' };
  const refused = afterRefusal(graph, kind, anchor, branch);
  if (refused !== undefined) return { refused };
  if (branch === 'failure') return beside(graph, anchorId, kind, settings, branch);
  const leaving = edgesFrom(graph, anchorId).filter((edge) => edge.branch !== 'failure');
  const free = anchor.kind === 'filter' ? freeBranch(leaving) : undefined;
  const only = leaving.length === 1 ? leaving[0] : undefined;
  if (only && free === undefined && betweenRefusal(graph, kind, only) === undefined) {
    return insertBetween(graph, only, kind, settings);
  }
  return beside(graph, anchorId, kind, settings, free);
}

function beside(graph: Graph, anchorId: string, kind: Kind, settings: object, branch: Branch | undefined): Added {
  const added = withStep(graph, kind, settings);
  return { ...added, graph: { ...added.graph, edges: [...graph.edges, edge(added.graph, anchorId, added.id, branch)] } };
}

export function insertBetween(graph: Graph, between: Edge, kind: Kind, settings: object = {}): Added | Refused {
  const refused = betweenRefusal(graph, kind, between);
  if (refused !== undefined) return { refused };
  const { graph: withIt, id } = withStep(graph, kind, settings);
  const key = edgeKey(between);
  const edges = graph.edges.flatMap((one): Edge[] =>
    edgeKey(one) === key ? [edge(withIt, one.from, id, one.branch), edge(withIt, id, one.to)] : [one],
  );
  return { id, graph: { ...withIt, edges } };
}

/**
 * Adds a step where it makes sense: after the wanted step, else after the nearest step before that, else after the
 * last step of the flow that it can follow; unconnected when there is none.
 */
export function addSomewhere(graph: Graph, wanted: string | undefined, kind: Kind, settings: object = {}): Added | Refused {
  const refused = addRefusal(graph, kind);
  if (refused !== undefined) return { refused };
  if (kind === 'trigger') return addTrigger(graph, settings);
  for (const anchor of anchors(graph, wanted)) {
    const added = addAfter(graph, anchor, kind, settings);
    if (!isRefused(added)) return added;
  }
  return withStep(graph, kind, settings);
}

/** Takes a step out; where it stood in a line, the line closes. What followed its failure no longer follows anything. */
export function remove(graph: Graph, id: string): Graph {
  const into = edgesTo(graph, id).filter((edge) => edge.from !== id);
  const out = edgesFrom(graph, id).filter((edge) => edge.to !== id && edge.branch !== 'failure');
  let rest: Graph = {
    nodes: graph.nodes.filter((step) => step.id !== id),
    edges: graph.edges.filter((edge) => edge.from !== id && edge.to !== id),
  };
  for (const before of into) {
    for (const next of out) {
      const joined = connect(rest, before.from, next.to, before.branch);
      if (!isRefused(joined)) rest = joined;
    }
  }
  return rest;
}

/** Changes settings; one that becomes `undefined` is taken out. */
export function change(graph: Graph, id: string, settings: Readonly<Record<string, unknown>>): Graph {
  const changed = (step: Step): Step => {
    const entries = Object.entries({ ...step, ...settings }).filter(([, value]) => value !== undefined);
    return Object.fromEntries(entries) as Step;
  };
  return { ...graph, nodes: graph.nodes.map((step) => (step.id === id ? changed(step) : step)) };
}

/** What a new step is set to before anybody chose anything. */
export function fresh(kind: Kind): Record<string, unknown> {
  switch (kind) {
    case 'trigger':
      return { on: 'manual' };
    case 'filter':
      return { condition: '' };
    default:
      return {};
  }
}

/** Which kinds may follow, whatever else the graph holds. */
function orderRefusal(graph: Graph, kind: string, from: Step, branch: Branch | undefined): string | undefined {
  const upstream = [from.id, ...before(graph, from.id)];
  const passes = (wanted: string) => upstream.some((id) => stepOf(graph, id)?.kind === wanted);
  if (kind === 'fetch' && passes('fetch')) return 'A fetch cannot follow another fetch; let it follow the trigger.';
  if (from.kind === 'trigger' && kind !== 'fetch' && isCommon(kind)) {
    return 'The trigger brings no records yet; put a fetch between them.';
  }
  const mapped = isMapped(graph, from.id, branch);
  if (kind === 'map' && mapped) return 'The records are mapped already; put both into one mapping.';
  if (kind === 'write' && !mapped && passes('fetch')) {
    return 'Records would be written without a mapping; put a map between them.';
  }
  return undefined;
}

/** Whether records that leave a step on a branch may be mapped. Those that failed go on as the source sent them. */
function isMapped(graph: Graph, from: string, branch: Branch | undefined): boolean {
  const seen = new Set<string>();
  const leaves = (id: string, on: Branch | undefined): boolean => {
    if (on === 'failure' || seen.has(id)) return false;
    seen.add(id);
    return stepOf(graph, id)?.kind === 'map' || edgesTo(graph, id).some((edge) => leaves(edge.from, edge.branch));
  };
  return leaves(from, branch);
}

/** Whether records are mapped at a step or after it, without having failed. */
function mapsBelow(graph: Graph, id: string, seen = new Set<string>()): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  const next = edgesFrom(graph, id).filter((edge) => edge.branch !== 'failure');
  return stepOf(graph, id)?.kind === 'map' || next.some((edge) => mapsBelow(graph, edge.to, seen));
}

function isCommon(kind: string): boolean {
  return kind === 'filter' || kind === 'map' || kind === 'write';
}

function anchors(graph: Graph, wanted: string | undefined): string[] {
  const order = flowOrder(graph);
  const above = wanted === undefined ? new Set<string>() : before(graph, wanted);
  const nearest = [...order].reverse().filter((id) => above.has(id));
  const open = [...order].reverse().filter((id) => edgesFrom(graph, id).length === 0);
  return [...(wanted === undefined ? [] : [wanted]), ...nearest, ...open, ...[...order].reverse()];
}

function addTrigger(graph: Graph, settings: object): Added {
  const added = withStep(graph, 'trigger', settings);
  const heads = graph.nodes.filter((step) => step.kind === 'fetch' && edgesTo(graph, step.id).length === 0);
  const edges = heads.map((step): Edge => ({ from: added.id, to: step.id }));
  const nodes = [...added.graph.nodes.slice(-1), ...added.graph.nodes.slice(0, -1)];
  return { id: added.id, graph: { nodes, edges: [...graph.edges, ...edges] } };
}

function withStep(graph: Graph, kind: Kind, settings: object): Added {
  const taken = new Set(graph.nodes.map((step) => step.id));
  let number = 1;
  while (taken.has(`${kind}-${number}`)) number += 1;
  const id = `${kind}-${number}`;
  const step: Step = { id, name: KIND_WORDS[kind].name, kind, ...fresh(kind), ...settings };
  return { id, graph: { ...graph, nodes: [...graph.nodes, step] } };
}

function edge(graph: Graph, from: string, to: string, branch?: Branch): Edge {
  if (branch === 'failure') return { from, to, branch };
  return stepOf(graph, from)?.kind === 'filter' ? { from, to, branch: branch ?? 'matches' } : { from, to };
}

function freeBranch(leaving: readonly Edge[]): Branch | undefined {
  const taken = new Set(leaving.map(branchOf));
  if (!taken.has('matches')) return 'matches';
  return taken.has('otherwise') ? undefined : 'otherwise';
}
