import { useQuery } from '@tanstack/react-query';

import { call } from '../../api/client';
import { mappingIdOf } from '../builder/words';
import { readGraph } from '../builder/graph';

/** Scenarios looked through. */
const MOST = 60;

export interface User {
  readonly id: string;
  readonly name: string;
  /** Its published version uses the mapping. */
  readonly isLive: boolean;
}

/** The scenarios whose draft or published version names the mapping. */
export function useUsedBy(mapping: string) {
  return useQuery({
    queryKey: ['scenario', 'list', 'users of', mapping],
    queryFn: async ({ signal }) => {
      const list = await call('GET /api/v1/scenarios', { query: { limit: MOST }, signal });
      const whole = await Promise.all(list.items.map(({ id }) => call('GET /api/v1/scenarios/{id}', { path: { id }, signal })));
      const names = (graph: unknown) => readGraph(graph).nodes.some((step) => mappingIdOf(step) === mapping);
      const users = whole.filter((one) => names(one.draft_graph) || names(one.version_graph)).map((one): User => ({ id: one.id, name: one.name, isLive: one.version > 0 && names(one.version_graph) }));
      return { users, isAll: !list.next_cursor };
    },
    staleTime: 60_000,
    retry: false,
  });
}
