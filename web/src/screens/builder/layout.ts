// Where steps stand: top to bottom, one row for each step of the longest way, a branch beside the other. The same graph
// always gets the same picture, so nobody has to tidy up.

import { type Graph, edgesTo, flowOrder, sortedFrom } from './graph';

export const STEP_WIDTH = 240;
export const STEP_HEIGHT = 84;
export const GAP_X = 40;
export const GAP_Y = 56;

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Top left corners. */
export function layOut(graph: Graph): Map<string, Place> {
  const order = flowOrder(graph);
  const row = rows(graph, order);
  const parent = parents(graph, order, row);
  const children = new Map<string, string[]>();
  const roots: string[] = [];
  for (const id of order) {
    const above = parent.get(id);
    if (above === undefined) roots.push(id);
    else children.set(above, [...(children.get(above) ?? []), id]);
  }
  const x = new Map<string, number>();
  let next = 0;
  const place = (id: string): number => {
    const centres = (children.get(id) ?? []).map(place);
    const [first, last] = [centres[0], centres[centres.length - 1]];
    const centre = first === undefined || last === undefined ? next : (first + last) / 2;
    if (first === undefined) next += STEP_WIDTH + GAP_X;
    x.set(id, centre);
    return centre;
  };
  roots.forEach(place);
  centreJoins(graph, order, x, row);
  return new Map(order.map((id) => [id, { x: x.get(id) ?? 0, y: (row.get(id) ?? 0) * (STEP_HEIGHT + GAP_Y) }]));
}

export function sizeOf(places: ReadonlyMap<string, Place>): { width: number; height: number } {
  let [width, height] = [0, 0];
  for (const { x, y } of places.values()) {
    width = Math.max(width, x + STEP_WIDTH);
    height = Math.max(height, y + STEP_HEIGHT);
  }
  return { width, height };
}

function rows(graph: Graph, order: readonly string[]): Map<string, number> {
  const row = new Map<string, number>();
  for (const id of order) {
    const above = edgesTo(graph, id).map((edge) => row.get(edge.from));
    row.set(id, Math.max(-1, ...above.map((at) => at ?? -1)) + 1);
  }
  return row;
}

/** Of several steps before one, the lowest; of equals the first. */
function parents(graph: Graph, order: readonly string[], row: ReadonlyMap<string, number>): Map<string, string> {
  const at = new Map(order.map((id, index) => [id, index]));
  const parent = new Map<string, string>();
  for (const from of order) {
    for (const edge of sortedFrom(graph, from)) {
      const mine = at.get(edge.to);
      if (mine === undefined || mine <= (at.get(from) ?? 0)) continue;
      const known = parent.get(edge.to);
      if (known === undefined || (row.get(known) ?? 0) < (row.get(from) ?? 0)) parent.set(edge.to, from);
    }
  }
  return parent;
}

/** A step where branches come together stands between them, when nothing is in its way. */
function centreJoins(
  graph: Graph,
  order: readonly string[],
  x: Map<string, number>,
  row: ReadonlyMap<string, number>,
): void {
  for (const id of order) {
    const above = edgesTo(graph, id).map((edge) => x.get(edge.from)).filter((at) => at !== undefined);
    if (above.length < 2) continue;
    const wanted = (Math.min(...above) + Math.max(...above)) / 2;
    const neighbours = order.filter((other) => other !== id && row.get(other) === row.get(id));
    const free = neighbours.every((other) => Math.abs((x.get(other) ?? 0) - wanted) >= STEP_WIDTH + GAP_X / 2);
    if (free) x.set(id, wanted);
  }
}
