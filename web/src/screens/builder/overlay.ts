// What a run says at each step: how many records came, how many failed there.

import type { Item, Run } from '../../api/schema';
import { type Graph, after, before, isObject, stepOf } from './graph';

export interface StepCount {
  readonly records: number;
  readonly failed: number;
}

export type Counts = ReadonlyMap<string, StepCount>;

/** Records of a test run that are looked at one by one. */
export const ITEMS_MAX = 500;

/**
 * Counts by step. The server's own, where the run has them; else from the run's records: each came from a fetch and
 * went to a write or failed at a step. A step that a record may or may not have passed gets no count.
 */
export function countsOf(run: Run, items: readonly Item[] | undefined, graph: Graph): Counts {
  const told = serversOwn(run);
  if (told) return told;
  const counts = new Map<string, StepCount>();
  const add = (id: string, records: number, failed: number) => {
    const old = counts.get(id) ?? { records: 0, failed: 0 };
    counts.set(id, { records: old.records + records, failed: old.failed + failed });
  };
  if (!items) return counts;
  for (const item of items) {
    const end = endOf(item);
    if (stepOf(graph, item.node)) add(item.node, 1, end === item.node && item.outcome === 'failed' ? 1 : 0);
    if (end === undefined || end === item.node || !stepOf(graph, end)) continue;
    add(end, 1, item.outcome === 'failed' ? 1 : 0);
    for (const between of surelyBetween(graph, item.node, end)) add(between, 1, 0);
  }
  return counts;
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
  const stopped = item.outcome === 'failed' || item.outcome === 'skipped' ? item.notes[0]?.step : undefined;
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

function serversOwn(run: Run): Map<string, StepCount> | undefined {
  const nodes = (run as unknown as Record<string, unknown>)['nodes'];
  if (!isObject(nodes) || Object.keys(nodes).length === 0) return undefined;
  const number = (value: unknown) => (typeof value === 'number' ? value : 0);
  return new Map(
    Object.entries(nodes)
      .filter((entry): entry is [string, Record<string, unknown>] => isObject(entry[1]))
      .map(([id, node]) => [id, { records: number(node['records'] ?? node['in'] ?? node['count']), failed: number(node['failed']) }]),
  );
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
