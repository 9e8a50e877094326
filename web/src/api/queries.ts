// How the screens read and write. Query keys begin with the topic of the live stream, then `list` or the document's id.
import {
  QueryClient,
  keepPreviousData,
  type UseQueryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useState } from 'react';

import { type Given, call } from './client';
import type { AllPaths } from './coming';
import { onceAtATime } from './once';
import { ApiError, asApiError } from './problem';

type Key = keyof AllPaths & string;

export function newClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // The server may be on this very machine: whether there is a network is not asked.
      queries: {
        networkMode: 'always',
        staleTime: 15_000,
        retry: (count, error) => error instanceof ApiError && error.isOffline && count < 2,
        refetchOnWindowFocus: true,
        placeholderData: keepPreviousData,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}

/** Reads one operation. `key` names what it shows: topic, then `list` or an id, then whatever else decides it. */
export function useRead<K extends Key>(
  key: readonly unknown[],
  operation: K,
  given: Given<K> = {},
  options: Partial<UseQueryOptions<AllPaths[K]['ok'], ApiError>> = {},
) {
  return useQuery<AllPaths[K]['ok'], ApiError>({
    queryKey: [...key, operation, given.path, given.query],
    queryFn: ({ signal }) => call(operation, { ...given, signal }),
    ...options,
  });
}

interface WriteOptions<K extends Key> {
  /** Topics whose reads are asked again. */
  topics?: string[];
  onDone?: (answer: AllPaths[K]['ok']) => void;
}

/** A command, done once however often it is pressed. Reads of its topics are asked again, with the command's position. */
export function useWrite<K extends Key>(operation: K, options: WriteOptions<K> = {}) {
  const client = useQueryClient();
  const [once] = useState(() => onceAtATime<AllPaths[K]['ok']>());
  return useMutation<AllPaths[K]['ok'], ApiError, Given<K>>({
    mutationFn: async (given) => {
      try {
        return await once([given.path, given.query, given.body], (idempotencyKey) => call(operation, { idempotencyKey, ...given }));
      } catch (error) {
        throw asApiError(error);
      }
    },
    onSuccess: (answer) => {
      for (const topic of options.topics ?? []) void client.invalidateQueries({ queryKey: [topic] });
      options.onDone?.(answer);
    },
  });
}
