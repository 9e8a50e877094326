import { useRead } from '../../api/queries';

export interface AuditFilters {
  actor?: string | undefined;
  action?: string | undefined;
  object?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

const PAGE = 50;

/** A page of the audit log, newest first. */
export function useAudit(filters: AuditFilters, cursor: string | undefined) {
  return useRead(['audit'], 'GET /api/v1/audit', { query: { ...filters, limit: PAGE, cursor } as never });
}
