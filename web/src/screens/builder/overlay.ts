// What a run says at each step: how many records came, how many failed there.

import type { Item, Run } from '../../api/schema';
import { type Graph, after, before, edgesTo, stepOf } from './graph';

export interface StepCount {
  readonly records: number;
  readonly failed: number;
}

export type Counts = ReadonlyMap<string, StepCount>;

/** Code of the note that says at which step a record failed that came along a failure branch. */
const CAUGHT = 'CAUGHT';

/** Records of a test run that are looked at one by one. */
export const ITEMS_MAX = 500;

/**
 * Counts by step. The server says what came to an end at each step; a record that ended further down came through all
 * steps before. A step that a record may or may not have passed gets no count.
 */
export function countsOf(run: Run, graph: Graph): Counts {
  const ended = (id: string) => {
    const { created = 0, updated = 0, unchanged = 0, skipped = 0, failed = 0 } = run.nodes[id] ?? {};
    return created + updated + unchanged + skipped + failed;
  };
  const counts = new Map<string, StepCount>();
  // Who failed is counted where it failed; what comes of it on a failure branch is another item.
  const whole: Graph = { nodes: graph.nodes, edges: graph.edges.filter((edge) => edge.branch !== 'failure') };
  for (const step of graph.nodes) {
    const own = run.nodes[step.id];
    if (step.kind === 'trigger') continue;
    const below = [...after(whole, step.id)].filter((id) => ended(id) > 0);
    const isSure = below.every((id) => roots(whole, id).every((root) => root === step.id || surelyBetween(whole, root, id).includes(step.id)));
    if (step.kind !== 'fetch' && !isSure) continue;
    const passed = below.reduce((sum, id) => sum + ended(id), ended(step.id));
    const records = step.kind === 'fetch' ? (own?.read ?? 0) : passed;
    if (records > 0 || own) counts.set(step.id, { records, failed: own?.failed ?? 0 });
  }
  return counts;
}

/** Where the items that may come to a step begin: at fetches, and at the first steps of failure branches. */
function roots(graph: Graph, id: string): string[] {
  const isFirst = (one: string) => stepOf(graph, one)?.kind !== 'trigger' && edgesTo(graph, one).length === 0;
  return [...before(graph, id), id].filter((one) => stepOf(graph, one)?.kind === 'fetch' || isFirst(one));
}

/** The records of a run that were at a step. */
export function itemsAt(items: readonly Item[], graph: Graph, step: string): Item[] {
  return items.filter((item) => {
    const end = endOf(item);
    if (item.node === step || end === step) return true;
    return end !== undefined && surelyBetween(graph, item.node, end).includes(step);
  });
}

/** Where a record's way ended: where it failed or was left out, else where it was written. */
function endOf(item: Item): string | undefined {
  const stopped = item.outcome === 'failed' || item.outcome === 'skipped' ? item.notes.findLast((note) => note.code !== CAUGHT)?.step : undefined;
  return stopped ?? item.target ?? undefined;
}

/** Steps that are on every way from one to the other. */
function surelyBetween(graph: Graph, from: string, to: string): string[] {
  const down = after(graph, from);
  const candidates = [...before(graph, to)].filter((id) => down.has(id));
  return candidates.filter((id) => {
    const without: Graph = { nodes: graph.nodes, edges: graph.edges.filter((edge) => edge.from !== id && edge.to !== id) };
    return !after(without, from).has(to);
  });
}

/** "Test run: 9 of 10 records fine, 1 failed" */
export function resultWords(run: Run): string {
  const { created, updated, unchanged, skipped, failed } = run.counts;
  const fine = created + updated + unchanged;
  const total = fine + skipped + failed;
  if (run.phase === 'cancelled') return `Cancelled after ${total} records`;
  const parts = [`${fine} fine`];
  if (skipped > 0) parts.push(`${skipped} left out`);
  if (failed > 0) parts.push(`${failed} failed`);
  return `${total === 1 ? '1 record' : `${total} records`}: ${parts.join(', ')}`;
}

export function isOver(run: Run): boolean {
  return !['running', 'paused', 'cancelling'].includes(run.phase);
}
