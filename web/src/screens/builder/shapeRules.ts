// Rules about how steps hang together, without regard to what they do.

import { type Branch, type Edge, type Graph, branchOf, branchesOf, isKind, stepOf } from './graph';
import { type Problem, of, whole } from './rules';

/** Followed by index; only of a graph that is sound enough to follow. */
export interface Shape {
  readonly out: Ways;
  readonly into: readonly (readonly number[])[];
  readonly order: readonly number[];
}

/** Where each step leads to. */
type Ways = readonly (readonly Way[])[];

interface Way {
  readonly to: number;
  readonly branch: Branch;
}

const FAN_OUT_MAX = 32;
const PATHS_MAX = 256;

export function checkShape(graph: Graph): { shape: Shape | undefined; problems: Problem[] } {
  const problems: Problem[] = [];
  const index = indexOf(graph, problems);
  let sound = problems.length === 0;
  const out: Way[][] = graph.nodes.map(() => []);
  const into: number[][] = graph.nodes.map(() => []);
  const seen = new Set<string>();
  for (const edge of graph.edges) {
    const [from, to] = [index.get(edge.from), index.get(edge.to)];
    if (from === undefined || to === undefined) {
      problems.push(dangling(edge, index));
      continue;
    }
    if (from === to) {
      sound = false;
      problems.push(of(edge.from, 'SELF_LOOP', 'the step leads to itself', 'remove this connection between steps'));
      continue;
    }
    checkBranch(graph, edge, problems);
    const key = `${from} ${to} ${branchOf(edge)}`;
    if (seen.has(key)) {
      problems.push(of(edge.from, 'DUPLICATE_EDGE', 'two steps are connected twice', 'remove one'));
      continue;
    }
    seen.add(key);
    out[from]?.push({ to, branch: branchOf(edge) });
    into[to]?.push(from);
  }
  checkFanOut(graph, out, problems);
  const order = orderOf(graph, out, into, problems);
  if (!order || !sound) return { shape: undefined, problems };
  const shape = { out, into, order };
  checkTriggers(graph, shape, problems);
  checkPaths(graph, shape, problems);
  return { shape, problems };
}

function indexOf(graph: Graph, problems: Problem[]): Map<string, number> {
  const index = new Map<string, number>();
  graph.nodes.forEach(({ id }, n) => {
    if (id.trim() === '') problems.push(of(id, 'NO_ID', 'a step has no id', 'give every step its own id'));
    if (index.has(id)) {
      problems.push(of(id, 'DUPLICATE_ID', 'two steps have the same id', 'give every step its own id'));
    }
    index.set(id, n);
  });
  return index;
}

function dangling(edge: Edge, index: ReadonlyMap<string, number>): Problem {
  const known = index.has(edge.from) ? edge.from : index.has(edge.to) ? edge.to : undefined;
  const missing = (index.has(edge.from) ? edge.to : edge.from).slice(0, 64);
  const message = `a connection between steps names the step ${missing}, which does not exist`;
  return { ...whole('DANGLING_EDGE', message, 'remove the connection, or add the step'), node: known };
}

function checkBranch(graph: Graph, edge: Edge, problems: Problem[]): void {
  const kind = stepOf(graph, edge.from)?.kind ?? '';
  if (edge.branch === undefined || !isKind(kind) || branchesOf(kind).includes(edge.branch)) return;
  if (edge.branch === 'failure') {
    const message = 'no single record fails at this step, so it has no failure branch';
    problems.push(of(edge.from, 'FAILURE_NOT_HERE', message, 'let the branch leave a condition, a mapping or a write'));
    return;
  }
  problems.push(
    of(edge.from, 'BRANCH_WITHOUT_FILTER', 'only a filter has branches', 'remove the branch from the connection'),
  );
}

function checkFanOut(graph: Graph, out: Ways, problems: Problem[]): void {
  graph.nodes.forEach((step, n) => {
    const count = out[n]?.length ?? 0;
    if (count <= FAN_OUT_MAX) return;
    const message = `${count} steps follow where at most ${FAN_OUT_MAX} may`;
    problems.push(of(step.id, 'FAN_OUT', message, 'divide it into several scenarios'));
  });
}

/** Kahn's algorithm; names the steps that are left in circles. */
function orderOf(
  graph: Graph,
  out: Ways,
  into: readonly (readonly number[])[],
  problems: Problem[],
): number[] | undefined {
  const waiting = into.map((from) => from.length);
  const order = waiting.flatMap((count, n) => (count === 0 ? [n] : []));
  for (let at = 0; at < order.length; at += 1) {
    for (const { to } of out[order[at] ?? 0] ?? []) {
      waiting[to] = (waiting[to] ?? 0) - 1;
      if (waiting[to] === 0) order.push(to);
    }
  }
  if (order.length === graph.nodes.length) return order;
  const left = new Set(waiting.flatMap((count, n) => (count > 0 ? [n] : [])));
  for (let tails: number[] | undefined; tails === undefined || tails.length > 0; ) {
    tails = [...left].filter((n) => !(out[n] ?? []).some(({ to }) => left.has(to)));
    for (const tail of tails) left.delete(tail);
  }
  const circle = [...left].sort((a, b) => a - b).map((n) => graph.nodes[n]?.id ?? '');
  const message = `the steps ${circle.slice(0, 5).join(', ')} lead back to one another`;
  problems.push(of(circle[0] ?? '', 'CYCLE', message, 'remove one of the connections between them'));
  return undefined;
}

function checkTriggers(graph: Graph, shape: Shape, problems: Problem[]): void {
  const triggers = graph.nodes.flatMap((step, n) => (step.kind === 'trigger' ? [n] : []));
  if (triggers.length === 0) {
    problems.push(whole('NO_TRIGGER', 'nothing starts the scenario', 'add a trigger'));
    return;
  }
  for (const more of triggers.slice(1)) {
    const id = graph.nodes[more]?.id ?? '';
    problems.push(of(id, 'TWO_TRIGGERS', 'the scenario has two triggers', 'remove one of them'));
  }
  const reached = new Set<number>();
  const open = [...triggers];
  for (let n = open.pop(); n !== undefined; n = open.pop()) {
    if (reached.has(n)) continue;
    reached.add(n);
    open.push(...(shape.out[n] ?? []).map(({ to }) => to));
  }
  graph.nodes.forEach((step, n) => {
    if (reached.has(n)) return;
    const alone = (shape.into[n] ?? []).length === 0;
    const remedy = alone ? 'connect it to a step before it' : 'connect the steps before it';
    problems.push(of(step.id, 'UNREACHABLE', 'no record ever reaches this step', remedy));
  });
}

/** Counts ways without walking them. */
function checkPaths(graph: Graph, shape: Shape, problems: Problem[]): void {
  const ways = graph.nodes.map(() => 0);
  for (const n of [...shape.order].reverse()) {
    // A write is an end of its own, beside what follows its failure.
    const own = graph.nodes[n]?.kind === 'write' ? 1 : 0;
    const below = (shape.out[n] ?? []).reduce((sum, { to }) => sum + (ways[to] ?? 0), own);
    ways[n] = Math.max(1, below);
  }
  const most = shape.order.find((n) => (ways[n] ?? 0) > PATHS_MAX);
  if (most === undefined) return;
  const message = `a record could take more than ${PATHS_MAX} ways from this step`;
  const remedy = 'let branches end in their own steps, or divide it into several scenarios';
  problems.push(of(graph.nodes[most]?.id ?? '', 'TOO_MANY_PATHS', message, remedy));
}
