// What the server does not have yet, kept in this browser until it does.

import { type Graph, isObject, readGraph } from './graph';

const PREFIX = 'portal-draft-';

export function keep(id: string, number: number, graph: Graph): void {
  try {
    localStorage.setItem(PREFIX + id, JSON.stringify({ number, graph }));
  } catch {
    // No room, or storage is switched off: the draft still lives in this page.
  }
}

export function forget(id: string): void {
  try {
    localStorage.removeItem(PREFIX + id);
  } catch {
    // Nothing was kept then.
  }
}

export function kept(id: string): { number: number; graph: Graph } | undefined {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(PREFIX + id) ?? 'null');
    if (!isObject(read) || typeof read['number'] !== 'number' || !isObject(read['graph'])) return undefined;
    return { number: read['number'], graph: readGraph(read['graph']) };
  } catch {
    return undefined;
  }
}
