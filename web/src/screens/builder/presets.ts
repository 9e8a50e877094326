// What a new step is set to when there is only one sensible choice.

import { type Graph, type Kind, before, edgesTo, stepOf } from './graph';
import type { Installation } from './useKnown';
import { mappingIdOf } from './words';

export function presetsFor(kind: Kind, graph: Graph, anchor: string | undefined, installed: Installation): Record<string, unknown> {
  const only = <T>(list: readonly T[]) => (list.length === 1 ? list[0] : undefined);
  if (kind === 'fetch') {
    const connection = only(installed.connections.filter((one) => installed.roleOf(one).source));
    return connection ? { connection: connection.id } : {};
  }
  if (kind === 'map' && anchor !== undefined) {
    const source = sourceOf(graph, anchor);
    const fitting = installed.mappings.filter((one) => one.resource === source?.resource && one.app === installed.appOf(source?.connection)?.id);
    const mapping = only(fitting);
    return mapping ? { mapping: { id: mapping.id }, name: `Map ${installed.names.resource(source?.connection ?? '', mapping.resource)?.toLowerCase() ?? mapping.resource}` } : {};
  }
  if (kind === 'write') {
    const connection = only(installed.connections.filter((one) => installed.roleOf(one).destination));
    const map = anchor === undefined ? undefined : upstream(graph, anchor, 'map');
    const entity = installed.mappings.find((one) => one.id === (map && mappingIdOf(map)))?.entity;
    return { ...(connection ? { connection: connection.id } : {}), ...(entity === undefined ? {} : { entity }) };
  }
  return {};
}

export interface SourceOf {
  readonly connection: string;
  readonly resource: string;
}

/** Where the records of a step come from; of several fetches the first. */
export function sourceOf(graph: Graph, id: string): SourceOf | undefined {
  const fetch = upstream(graph, id, 'fetch');
  const [connection, resource] = [fetch?.['connection'], fetch?.['resource']];
  return typeof connection === 'string' && typeof resource === 'string' ? { connection, resource } : undefined;
}

/** The nearest step of a kind, a step itself included. */
export function upstream(graph: Graph, id: string, kind: string) {
  const own = stepOf(graph, id);
  if (own?.kind === kind) return own;
  let row = edgesTo(graph, id).map((edge) => edge.from);
  const seen = new Set<string>([id]);
  while (row.length > 0) {
    const found = row.map((one) => stepOf(graph, one)).find((step) => step?.kind === kind);
    if (found) return found;
    row.forEach((one) => seen.add(one));
    row = row.flatMap((one) => edgesTo(graph, one).map((edge) => edge.from)).filter((one) => !seen.has(one));
  }
  return undefined;
}

/** Whether records come to a step already mapped. */
export function isMapped(graph: Graph, id: string): boolean {
  return [...before(graph, id)].some((one) => stepOf(graph, one)?.kind === 'map');
}
