import { useQuery } from '@tanstack/react-query';

import { call } from '../../api/client';
import type { ApiError } from '../../api/problem';
import type { AuditLine } from '../../api/schema';

export const AUDIT_PAGE = 50;

export interface AuditFilters {
  actor?: string | undefined;
  action?: string | undefined;
  object?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

interface Answer { items: AuditLine[]; next_cursor?: string | null; end?: number }
export interface AuditShown { items: AuditLine[]; next: string | undefined }

/** The newest first, however the server counts: by cursors, or by positions of the log. */
async function load(filters: AuditFilters, cursor: string | undefined, signal: AbortSignal): Promise<AuditShown> {
  const ask = (query: Record<string, unknown>) =>
    call('GET /api/v1/audit', { query: query as never, signal }) as unknown as Promise<Answer>;
  const isFiltered = Object.values(filters).some(Boolean);
  if (!isFiltered) {
    const first = await ask({ limit: 1 });
    if (first.end !== undefined) {
      const upTo = cursor ? Number(cursor) : first.end;
      const after = Math.max(0, upTo - AUDIT_PAGE);
      const page = await ask({ after, limit: Math.max(1, upTo - after) });
      const items = page.items.filter(({ position }) => position <= upTo).toReversed();
      return { items, next: after > 0 ? String(after) : undefined };
    }
  }
  const page = await ask({ ...filters, limit: AUDIT_PAGE, cursor });
  return { items: page.items, next: page.next_cursor ?? undefined };
}

export function useAudit(filters: AuditFilters, cursor: string | undefined) {
  return useQuery<AuditShown, ApiError>({
    queryKey: ['audit', filters, cursor],
    queryFn: ({ signal }) => load(filters, cursor, signal),
  });
}
