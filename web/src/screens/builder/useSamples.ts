import { useQuery } from '@tanstack/react-query';

import { call } from '../../api/client';
import { type ApiError, asApiError } from '../../api/problem';
import type { Previewed } from '../../api/schema';
import type { SourceOf } from './presets';

const SAMPLES = 5;
/** Reads records and makes nothing of them: the smallest mapping there is. */
const NOTHING = { entity: 'item', fields: [{ to: 'title', from: { constant: 'sample' } }] };

/** Real records of a resource, and, with a definition, what a mapping makes of them. */
export function useSamples(source: SourceOf | undefined, definition?: unknown, enabled = true) {
  return useQuery<Previewed, ApiError>({
    queryKey: ['record', 'samples', source?.connection, source?.resource, definition ?? null],
    queryFn: async ({ signal }) => {
      try {
        return await call('POST /api/v1/mappings/preview', {
          body: {
            definition: (definition ?? NOTHING) as Record<string, unknown>,
            connection: source?.connection ?? '',
            resource: source?.resource ?? '',
            sample: SAMPLES,
          },
          signal,
        });
      } catch (error) {
        throw asApiError(error);
      }
    },
    enabled: enabled && source !== undefined,
    staleTime: 60_000,
    retry: false,
    placeholderData: undefined,
  });
}

/** What a record is called, for people. */
export function titleOfRecord(id: string, record: unknown): string {
  const entries = (record ?? {}) as Record<string, unknown>;
  const title = entries['title'] as Record<string, unknown> | string | undefined;
  const name = typeof title === 'object' ? (title['raw'] ?? title['rendered']) : (title ?? entries['name'] ?? entries['slug']);
  const text = typeof name === 'string' ? name.replaceAll(/<[^>]*>/g, '').trim() : '';
  return text === '' ? `#${id}` : `#${id} ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
}
