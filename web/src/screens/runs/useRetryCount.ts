import { useQuery } from '@tanstack/react-query';

import { call } from '../../api/client';
import type { ApiError } from '../../api/problem';
import type { RetryAnswer, RetryFilter, RetryVersion } from '../../api/schema';

/** How many records a retry would take, asked without doing it. */
export function useRetryCount(run: string, filter: RetryFilter, version: RetryVersion) {
  return useQuery<RetryAnswer, ApiError>({
    queryKey: ['run', run, 'retry', filter, version],
    queryFn: ({ signal }) =>
      call('POST /api/v1/runs/{id}/retry', { path: { id: run }, body: { filter, version, dry_run: true }, signal }),
    staleTime: 0,
    retry: false,
  });
}
