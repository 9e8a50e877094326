// The graph as a tree of lines: a straight line stays at one depth, and only where records part it goes deeper.

import { type Branch, type Edge, type Graph, edgesTo, flowOrder, namedBranch, sortedFrom, stepOf } from './graph';

export type Line =
  | { readonly kind: 'step'; readonly id: string }
  /** A step that was shown before: several ways lead to it. */
  | { readonly kind: 'again'; readonly id: string }
  | { readonly kind: 'split'; readonly ways: readonly Way[] };

export interface Way {
  readonly branch: Branch | undefined;
  readonly lines: readonly Line[];
}

export function outlineOf(graph: Graph): Line[] {
  const shown = new Set<string>();
  const follow = (id: string): Line[] => {
    if (!stepOf(graph, id)) return [];
    if (shown.has(id)) return [{ kind: 'again', id }];
    shown.add(id);
    const step = stepOf(graph, id);
    const leaving = sortedFrom(graph, id);
    const own: Line = { kind: 'step', id };
    if (leaving.length === 0) return [own];
    const wayOf = (edge: Edge): Way => ({ branch: namedBranch(graph, edge), lines: follow(edge.to) });
    const main = leaving.filter((edge) => edge.branch !== 'failure');
    if (step?.kind === 'filter' || main.length > 1) return [own, { kind: 'split', ways: leaving.map(wayOf) }];
    const failed = leaving.filter((edge) => edge.branch === 'failure').map(wayOf);
    return [own, ...(failed.length > 0 ? [{ kind: 'split', ways: failed } as const] : []), ...main.flatMap((edge) => follow(edge.to))];
  };
  const order = flowOrder(graph);
  const roots = order.filter((id) => edgesTo(graph, id).length === 0);
  // Steps that only circles lead to come last.
  return [...roots, ...order].flatMap((id) => (shown.has(id) ? [] : follow(id)));
}
