// The graph of a scenario as the builder holds it: the same JSON that the server stores. Steps of a kind that this
// release does not know are kept as they are.

/** `failure` carries records that failed at a step, as the source sent them. */
export type Branch = 'matches' | 'otherwise' | 'failure';

export const KINDS = ['trigger', 'fetch', 'filter', 'map', 'write'] as const;
export type Kind = (typeof KINDS)[number];

/** Settings stand beside id, name and kind. */
export interface Step {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly [setting: string]: unknown;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly branch?: Branch;
}

export interface Graph {
  readonly nodes: readonly Step[];
  readonly edges: readonly Edge[];
}

export const EMPTY: Graph = { nodes: [], edges: [] };

/** Reads what the server keeps; an absent draft is the empty graph. */
export function readGraph(document: unknown): Graph {
  if (document === null || typeof document !== 'object') return EMPTY;
  const { nodes, edges } = document as { nodes?: unknown; edges?: unknown };
  return {
    nodes: Array.isArray(nodes) ? nodes.filter(isObject).map(readStep) : [],
    edges: Array.isArray(edges) ? edges.filter(isObject).map(readEdge) : [],
  };
}

export function isKind(kind: string): kind is Kind {
  return (KINDS as readonly string[]).includes(kind);
}

export function stepOf(graph: Graph, id: string | undefined): Step | undefined {
  return id === undefined ? undefined : graph.nodes.find((step) => step.id === id);
}

export function edgesFrom(graph: Graph, id: string): readonly Edge[] {
  return graph.edges.filter((edge) => edge.from === id);
}

export function edgesTo(graph: Graph, id: string): readonly Edge[] {
  return graph.edges.filter((edge) => edge.to === id);
}

/**
 * Ways on from a kind of step; `undefined` stands for the one way of a step that does not part its records. What no single
 * record fails at has no failure branch.
 */
export function branchesOf(kind: string): readonly (Branch | undefined)[] {
  switch (kind) {
    case 'filter':
      return ['matches', 'otherwise', 'failure'];
    case 'map':
      return [undefined, 'failure'];
    case 'write':
      return ['failure'];
    default:
      return [undefined];
  }
}

/** The branch that an edge is drawn and told with; none where it is the step's one way. */
export function namedBranch(graph: Graph, edge: Edge): Branch | undefined {
  if (edge.branch === 'failure') return 'failure';
  return stepOf(graph, edge.from)?.kind === 'filter' ? branchOf(edge) : undefined;
}

/** Absent means `matches`: the way of a step that does not part its records is taken for it. */
export function branchOf(edge: Edge): Branch {
  return edge.branch ?? 'matches';
}

export function edgeKey(edge: Edge): string {
  return `${edge.from}→${edge.to}→${branchOf(edge)}`;
}

/** Every step that can be reached from one, without itself unless the graph runs in circles. */
export function after(graph: Graph, id: string): Set<string> {
  return walk(id, (at) => edgesFrom(graph, at).map((edge) => edge.to));
}

/** Every step that leads to one. */
export function before(graph: Graph, id: string): Set<string> {
  return walk(id, (at) => edgesTo(graph, at).map((edge) => edge.from));
}

/**
 * Steps as a person reads them: from the trigger down, each branch to its end before the next, a step after all those
 * before it. What nothing leads to comes last.
 */
export function flowOrder(graph: Graph): string[] {
  const order: string[] = [];
  const seen = new Set<string>();
  const waiting = new Map(graph.nodes.map((step) => [step.id, incomingCount(graph, step.id)]));
  const visit = (id: string) => {
    if (seen.has(id) || !waiting.has(id)) return;
    seen.add(id);
    order.push(id);
    for (const edge of sortedFrom(graph, id)) {
      if (!waiting.has(edge.to)) continue;
      const left = (waiting.get(edge.to) ?? 1) - 1;
      waiting.set(edge.to, left);
      if (left <= 0) visit(edge.to);
    }
  };
  const roots = graph.nodes.filter((step) => incomingCount(graph, step.id) === 0);
  const rank = (step: Step) => (step.kind === 'trigger' ? 0 : edgesFrom(graph, step.id).length > 0 ? 1 : 2);
  for (const root of [...roots].sort((a, b) => rank(a) - rank(b))) visit(root.id);
  for (const step of graph.nodes) visit(step.id);
  return order;
}

/** Out of a filter, what matches stands left; what failed stands right of everything. */
export function sortedFrom(graph: Graph, id: string): readonly Edge[] {
  const side = (edge: Edge) => ['matches', 'otherwise', 'failure'].indexOf(branchOf(edge));
  return [...edgesFrom(graph, id)].sort((a, b) => side(a) - side(b));
}

export function sameGraph(a: Graph, b: Graph): boolean {
  return canonical(a) === canonical(b);
}

/** JSON with sorted keys, so that two documents that mean the same read the same. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

function incomingCount(graph: Graph, id: string): number {
  return new Set(edgesTo(graph, id).filter((edge) => edge.from !== id).map(edgeKey)).size;
}

function walk(from: string, next: (id: string) => string[]): Set<string> {
  const seen = new Set<string>();
  const open = next(from);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...next(id));
  }
  return seen;
}

function readStep(step: Record<string, unknown>): Step {
  return {
    ...step,
    id: typeof step['id'] === 'string' ? step['id'] : '',
    name: typeof step['name'] === 'string' ? step['name'] : '',
    kind: typeof step['kind'] === 'string' ? step['kind'] : '',
  };
}

function readEdge(edge: Record<string, unknown>): Edge {
  const branch = edge['branch'];
  const ends = { from: String(edge['from'] ?? ''), to: String(edge['to'] ?? '') };
  return branch === 'matches' || branch === 'otherwise' || branch === 'failure' ? { ...ends, branch } : ends;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
