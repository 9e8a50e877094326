import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import { call } from '../../api/client';
import { type ApiError, asApiError } from '../../api/problem';
import { useRead } from '../../api/queries';
import type { Item, Run } from '../../api/schema';
import type { Graph } from './graph';
import { type Counts, ITEMS_MAX, countsOf, isOver } from './overlay';

export interface TestRun {
  /** The run whose counts stand on the steps. */
  readonly run: Run | undefined;
  readonly items: readonly Item[] | undefined;
  readonly counts: Counts | undefined;
  readonly isStarting: boolean;
  readonly error: ApiError | undefined;
  start(how: HowToTest): Promise<boolean>;
  close(): void;
}

export interface HowToTest {
  readonly limit: number | undefined;
  /** A written run is one of the published version; a draft is only ever tried. */
  readonly writes: boolean;
  /** Only this record, as it was read last: the source is not asked. */
  readonly captured?: { readonly resource: string; readonly id: string } | undefined;
}

/** The newest test run from here, followed until its end. */
export function useTestRun(scenario: string, graph: Graph, shown: string | undefined, show: (run: string | undefined) => void): TestRun {
  const [isStarting, setStarting] = useState(false);
  const [error, setError] = useState<ApiError>();
  const id = shown ?? '-';
  const enabled = shown !== undefined;
  const run = useRead(['run', id], 'GET /api/v1/runs/{id}', { path: { id } }, {
    enabled,
    placeholderData: undefined as never,
    // The live stream tells of changes; this is for when it does not come through.
    refetchInterval: (query) => (query.state.data && isOver(query.state.data) ? false : 1_000),
  });
  const followed = run.data?.id === shown ? run.data : undefined;
  const settled = followed ? followed.counts.created + followed.counts.updated + followed.counts.unchanged + followed.counts.skipped + followed.counts.failed : 0;
  const items = useQuery({
    queryKey: ['run', id, 'items', settled],
    queryFn: async ({ signal }) => (await call('GET /api/v1/runs/{id}/items', { path: { id }, query: { limit: ITEMS_MAX }, signal })).items,
    enabled: enabled && settled > 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const list = enabled && settled > 0 ? items.data : undefined;
  const counts = useMemo(() => (followed ? countsOf(followed, graph) : undefined), [followed, graph]);
  const start = async ({ limit, writes, captured }: HowToTest) => {
    setStarting(true);
    setError(undefined);
    try {
      const path = { id: scenario };
      const accepted = captured
        ? await call('POST /api/v1/scenarios/{id}/reimports', {
            path,
            body: { mode: 'preview', draft: true, filter: { resource: captured.resource, ids: [captured.id] } },
          })
        : await call('POST /api/v1/scenarios/{id}/runs', {
            path,
            body: { dry_run: !writes, draft: !writes, ...(limit === undefined ? {} : { limit }) },
          });
      show(accepted.run);
      return true;
    } catch (failed) {
      setError(asApiError(failed));
      return false;
    } finally {
      setStarting(false);
    }
  };
  return { run: followed, items: list, counts, isStarting, error, start, close: () => show(undefined) };
}
