import { useRead } from '../../api/queries';
import type { Run } from '../../api/schema';
import { isOver } from './progress';

/** A run followed until its end; `undefined` until it is there. The live stream tells of changes; asking is for when it
 * does not come through. */
export function useRun(id: string | undefined) {
  const run = useRead(['run', id ?? '-'], 'GET /api/v1/runs/{id}', { path: { id: id ?? '-' } }, {
    enabled: id !== undefined,
    placeholderData: undefined as never,
    refetchInterval: (query) => (query.state.data && isOver(query.state.data) ? false : 1_000),
  });
  const shown: Run | undefined = run.data?.id === id ? run.data : undefined;
  return { run: shown, error: run.error, refetch: run.refetch, isFetching: run.isFetching };
}
