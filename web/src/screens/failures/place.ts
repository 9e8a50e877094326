// Where a failure is put right: the mapping at the field, or the connection's authorisation.
import { call } from '../../api/client';
import type { Failure } from '../../api/schema';

const ACCESS = /CREDENTIALS|UNAUTHORI|NOT_ALLOWED$|_40[13]$/;

export type Remedy = 'access' | 'mapping';

/** What kind of place it is, if there is one. */
export function remedyOf({ code, field, fetch }: Pick<Failure, 'code' | 'field' | 'fetch'>): Remedy | undefined {
  if (field && !fetch) return 'mapping';
  return ACCESS.test(code) ? 'access' : undefined;
}

interface Node { id: string; connection?: string; mapping?: { id?: string } }

/** The address of that place, asked of the newest example; `undefined` when nothing leads there any more. */
export async function placeOf(failure: Failure): Promise<string | undefined> {
  const { run, item } = failure.example;
  const shown = item ? await call('GET /api/v1/runs/{id}/items/{item}', { path: { id: run, item } }) : undefined;
  const remedy = remedyOf(failure);
  if (remedy === 'access' && shown) return accessOf(shown.connection);
  const mapping = remedy === 'mapping' ? shown?.mapped?.mapping.id : undefined;
  if (mapping && shown) return mappingOf(mapping, failure.field ?? '', shown);
  // Only the graph that was run knows which connection or mapping the step has.
  const { version } = await call('GET /api/v1/runs/{id}', { path: { id: run } });
  const { graph } = await call('GET /api/v1/scenarios/{id}/versions/{version}', { path: { id: failure.scenario, version } });
  const node = (graph as { nodes?: Node[] }).nodes?.find(({ id }) => id === failure.step);
  if (remedy === 'access') return node?.connection && accessOf(node.connection);
  return node?.mapping?.id && mappingOf(node.mapping.id, failure.field ?? '', shown);
}

function accessOf(connection: string): string {
  return `/connections/${connection}/access`;
}

/** The mapping at the field, with the record that failed as the sample. */
export function mappingOf(mapping: string, field: string, sample: { connection: string; record: string } | undefined): string {
  const search = new URLSearchParams({ field, ...(sample ? { connection: sample.connection, sample: sample.record } : {}) });
  return `/mappings/${mapping}?${search.toString()}`;
}

/** How many of what fails each run has, most first. */
export function byRun(items: ReadonlyArray<{ run: string }>): Array<{ run: string; many: number }> {
  const counts = new Map<string, number>();
  for (const { run } of items) counts.set(run, (counts.get(run) ?? 0) + 1);
  return [...counts].map(([run, many]) => ({ run, many })).toSorted((one, other) => other.many - one.many);
}
