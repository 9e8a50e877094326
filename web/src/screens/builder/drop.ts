// What a step that was dropped onto the graph belongs to: the step it was dropped on, the connection or the step nearby.

import { afterRefusal, betweenRefusal } from './edits';
import { type Edge, type Graph, type Kind, edgesFrom, stepOf } from './graph';
import { type Place, STEP_HEIGHT, STEP_WIDTH } from './layout';

export interface Dropped {
  /** Goes after this step. */
  readonly step?: string;
  /** Goes onto this connection. */
  readonly edge?: Edge;
}

/** How far from a step or from the middle of a connection a drop still belongs to it. */
const REACH = 70;
/** Under the last step of a branch there is nothing else a drop could mean. */
const REACH_OF_A_LEAF = STEP_HEIGHT * 2;

/** Neither: it was dropped somewhere else, and goes where a click on the palette would put it. */
export function droppedOn(graph: Graph, places: ReadonlyMap<string, Place>, kind: Kind, at: Place): Dropped {
  const away = (id: string) => distanceToStep(places.get(id), at);
  const on = graph.nodes.find(({ id }) => away(id) === 0);
  if (on) return { step: on.id };
  const edge = nearest(graph.edges, (one) => distanceToEdge(places, one, at), REACH);
  if (edge) return onEdge(graph, edge, kind);
  const leaves = graph.nodes.filter(({ id }) => edgesFrom(graph, id).length === 0);
  const step = nearest(graph.nodes, ({ id }) => away(id), REACH) ?? nearest(leaves, ({ id }) => away(id), REACH_OF_A_LEAF);
  return step ? { step: step.id } : {};
}

/** A step that cannot stand on the connection but can follow its beginning goes beside what is there. */
function onEdge(graph: Graph, edge: Edge, kind: Kind): Dropped {
  const from = stepOf(graph, edge.from);
  const isBeside = betweenRefusal(graph, kind, edge) !== undefined && from && afterRefusal(graph, kind, from) === undefined;
  return isBeside ? { step: from.id } : { edge };
}

function nearest<T>(all: readonly T[], distance: (one: T) => number, reach: number): T | undefined {
  const near = all.map((one) => ({ one, away: distance(one) })).filter(({ away }) => away < reach);
  return near.toSorted((a, b) => a.away - b.away)[0]?.one;
}

function distanceToStep(place: Place | undefined, at: Place): number {
  if (!place) return Infinity;
  const x = Math.max(place.x - at.x, 0, at.x - place.x - STEP_WIDTH);
  const y = Math.max(place.y - at.y, 0, at.y - place.y - STEP_HEIGHT);
  return Math.hypot(x, y);
}

function distanceToEdge(places: ReadonlyMap<string, Place>, edge: Edge, at: Place): number {
  const [from, to] = [places.get(edge.from), places.get(edge.to)];
  if (!from || !to) return Infinity;
  return Math.hypot((from.x + to.x + STEP_WIDTH) / 2 - at.x, (from.y + to.y + STEP_HEIGHT) / 2 - at.y);
}
