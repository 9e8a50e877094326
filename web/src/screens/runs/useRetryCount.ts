import { useQuery } from '@tanstack/react-query';

import { call } from '../../api/client';
import { useWhyNot } from '../../api/may';
import type { ApiError } from '../../api/problem';
import type { RetryAnswer, RetryFilter, RetryVersion, Run } from '../../api/schema';
import { toRetry } from './counts';
import { useUndecided } from './Undecided';

/** How many records a retry would take, asked without doing it. */
export function useRetryCount(run: string, filter: RetryFilter, version: RetryVersion, enabled = true) {
  return useQuery<RetryAnswer, ApiError>({
    queryKey: ['run', run, 'retry', filter, version],
    queryFn: ({ signal }) =>
      call('POST /api/v1/runs/{id}/retry', { path: { id: run }, body: { filter, version, dry_run: true }, signal }),
    staleTime: 0,
    retry: false,
    enabled,
  });
}

/** How many failed records a retry of the run would send, as far as whoever is signed in can ask. */
export function useToRetry(run: Run): number {
  const mayAsk = useWhyNot('POST /api/v1/runs/{id}/retry') === undefined;
  const counted = useRetryCount(run.id, { outcome: 'failed' }, 'newest', mayAsk && run.counts.failed > 0);
  return toRetry(run.counts.failed, counted.data?.count, useUndecided(run).data?.total ?? 0);
}
