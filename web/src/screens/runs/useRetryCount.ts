import { useQuery } from '@tanstack/react-query';

import { call } from '../../api/client';
import type { Retried, Retry } from '../../api/coming';
import type { ApiError } from '../../api/problem';

/** How many records a retry would take, asked without doing it. */
export function useRetryCount(run: string, filter: Retry['filter'], version: Retry['version']) {
  return useQuery<Retried, ApiError>({
    queryKey: ['run', run, 'retry', filter, version],
    queryFn: ({ signal }) =>
      call('POST /api/v1/runs/{id}/retry', { path: { id: run }, body: { filter, version, dry_run: true }, signal }),
    staleTime: 0,
    retry: false,
  });
}
