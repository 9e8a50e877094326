import { useState } from 'react';

import { type Given } from '../api/client';
import type { AllPaths } from '../api/coming';
import { useRead } from '../api/queries';

type Key = keyof AllPaths & string;
type Page = { items: unknown[]; next_cursor?: string | null; total?: number | null };
type PagedKey = { [K in Key]: AllPaths[K]['ok'] extends Page ? K : never }[Key];

export const PAGE_SIZE = 50;

/** A list by cursors: at most one page is on the screen, however many rows there are. */
export function usePages<K extends PagedKey>(key: readonly unknown[], operation: K, given: Given<K> = {}, options: { refetchInterval?: number } = {}) {
  const filters = JSON.stringify([given.path, given.query]);
  const [state, setState] = useState<{ filters: string; cursors: string[] }>({ filters, cursors: [] });
  // Other filters begin at the first page.
  const cursors = state.filters === filters ? state.cursors : [];
  const cursor = cursors.at(-1);
  const query = { ...given.query, limit: PAGE_SIZE, ...(cursor ? { cursor } : {}) };
  const read = useRead(key, operation, { ...given, query } as Given<K>, options);
  const data = read.data as Page | undefined;
  const next = data?.next_cursor ?? undefined;
  return {
    ...read,
    pager: {
      page: cursors.length,
      shown: data?.items.length ?? 0,
      size: PAGE_SIZE,
      total: data?.total,
      hasNext: next !== undefined,
      isFetching: read.isPlaceholderData && read.isFetching,
      onNext: () => next && setState({ filters, cursors: [...cursors, next] }),
      onPrevious: () => setState({ filters, cursors: cursors.slice(0, -1) }),
    },
  };
}
