import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';

import { call } from '../../api/client';
import { type ApiError, asApiError } from '../../api/problem';
import type { Definition } from './definition';

/** Records that are fetched at once; the first few are shown. */
const LOADED = 20;
const SHOWN = 4;
const SHOWN_MAX = 8;
const NOTHING = { entity: 'item', fields: [{ to: 'title', from: { constant: 'sample' } }] };

export interface Sample {
  readonly id: string;
  readonly record: Record<string, unknown>;
}

export interface Records {
  readonly shown: readonly Sample[];
  readonly from: string | undefined;
  readonly isLoading: boolean;
  readonly error: ApiError | undefined;
  readonly hasMore: boolean;
  retry(): void;
  /** Shows one more; answers its id. */
  another(): string | undefined;
  /** Shows a certain record; answers its id, or `undefined` when it is not there. */
  load(id: string): Promise<string | undefined>;
  /** Finds a record that the definition does not accept: in a field, and for a reason, when they are named. */
  find(definition: Definition, field?: string, code?: string): Promise<string | undefined>;
}

/** Real records of a connection to try the mapping on. */
export function useRecords(connection: string | undefined, resource: string, isAllowed: boolean): Records {
  const [count, setCount] = useState(SHOWN);
  const [extra, setExtra] = useState<readonly Sample[]>([]);
  const read = useQuery<{ from: string; records: Sample[] }, ApiError>({
    queryKey: ['record', 'samples of', connection, resource],
    queryFn: ({ signal }) => ask({ connection: connection ?? '', resource, sample: LOADED }, signal),
    enabled: connection !== undefined && isAllowed,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    placeholderData: undefined,
  });
  const loaded = read.data?.records;
  const shown = useMemo(() => {
    const first = (loaded ?? []).slice(0, count);
    return [...first, ...extra.filter((one) => !first.some((other) => other.id === one.id))].slice(-SHOWN_MAX);
  }, [loaded, count, extra]);

  const load = useCallback(
    async (id: string) => {
      const there = loaded?.find((one) => one.id === id);
      const { records } = there ? { records: [there] } : await ask({ connection: connection ?? '', resource, ids: [id] });
      const found = records[0];
      if (!found) return undefined;
      setExtra((before) => [...before.filter((one) => one.id !== found.id), found].slice(-SHOWN));
      return found.id;
    },
    [connection, resource, loaded],
  );
  const find = async (definition: Definition, field?: string, code?: string) => {
    const said = await call('POST /api/v1/mappings/check', { body: { definition: { ...definition }, connection: connection ?? null, resource, last: 500 } });
    const problem = said.problems.find((one) => one.rejects && (field === undefined || one.field === field) && (code === undefined || one.code === code));
    const id = problem?.examples[0];
    return id === undefined ? undefined : load(id);
  };
  return {
    shown,
    from: read.data?.from,
    isLoading: read.isLoading,
    error: read.error ?? undefined,
    hasMore: count < (loaded?.length ?? 0),
    retry: () => void read.refetch(),
    another: () => {
      const next = loaded?.[count]?.id;
      if (next !== undefined) setCount(count + 1);
      return next;
    },
    load,
    find,
  };
}

async function ask(wanted: { connection: string; resource: string; sample?: number; ids?: string[] }, signal?: AbortSignal) {
  try {
    const said = await call('POST /api/v1/mappings/preview', { body: { definition: NOTHING, ids: [], ...wanted }, ...(signal ? { signal } : {}) });
    return { from: said.from, records: said.records.map(({ id, record }) => ({ id, record })) };
  } catch (error) {
    throw asApiError(error);
  }
}
