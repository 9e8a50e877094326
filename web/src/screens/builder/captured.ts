import { useQuery } from '@tanstack/react-query';

import { call } from '../../api/client';
import type { DeliveryLine } from '../../api/schema';
import type { Graph } from './graph';

/** Messages looked through for each connection. */
const MESSAGES = 50;
const SHOWN = 20;

/** A record that a message named, as it was read then. */
export interface Captured {
  readonly receipt: string;
  readonly at: string;
  readonly resource: string;
  readonly id: string;
}

/** The records of these messages that can be tried: each once, by its newest message. Gone and unseen ones cannot. */
export function capturedOf(lines: readonly DeliveryLine[], resources: readonly string[]): Captured[] {
  const found = new Map<string, Captured>();
  for (const { receipt, at, read } of lines) {
    for (const { resource, id, finding } of read?.records ?? []) {
      const key = `${resource} ${id}`;
      if (!resources.includes(resource) || (finding !== 'changed' && finding !== 'unchanged') || found.has(key)) continue;
      found.set(key, { receipt, at, resource, id });
    }
  }
  return [...found.values()].slice(0, SHOWN);
}

/** What the graph reads: resources by connection. */
export function readBy(graph: Graph): Map<string, string[]> {
  const read = new Map<string, string[]>();
  for (const { kind, connection, resource } of graph.nodes) {
    if (kind !== 'fetch' || typeof connection !== 'string' || typeof resource !== 'string') continue;
    read.set(connection, [...(read.get(connection) ?? []), resource]);
  }
  return read;
}

/** Records that messages named lately, of what the graph reads. */
export function useCaptured(graph: Graph) {
  const read = [...readBy(graph)];
  return useQuery({
    queryKey: ['connection', 'captured', read],
    queryFn: async ({ signal }) => {
      const lists = await Promise.all(
        read.map(async ([id, resources]) => {
          const { items } = await call('GET /api/v1/connections/{id}/webhooks/deliveries', { path: { id }, query: { limit: MESSAGES }, signal });
          return capturedOf(items, resources);
        }),
      );
      return lists.flat().toSorted((a, b) => b.at.localeCompare(a.at));
    },
    retry: false,
  });
}
