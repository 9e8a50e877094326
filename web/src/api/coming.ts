import type { Paths } from './schema';

/** Operations whose shapes are agreed and that the committed OpenAPI document does not describe yet. */
export interface Agreed {
  'GET /api/v1/failures': {
    path: Empty;
    query: { state?: string; scenario?: string; cursor?: string; limit?: number };
    body: undefined;
    ok: { items: FailureGroup[]; next_cursor?: string | null; total?: number | null };
  };
  'POST /api/v1/failures/{id}/state': {
    path: { id: string };
    query: Empty;
    body: { state: FailureState; note?: string };
    ok: { id: string; position: number; changed: boolean };
  };
  'GET /api/v1/records/{connection}/{resource}/{id}/history': {
    path: RecordKey;
    query: Empty;
    body: undefined;
    ok: { items: RevisionChange[] };
  };
  'GET /api/v1/records/{connection}/{resource}/{id}/lineage': {
    path: RecordKey;
    query: Empty;
    body: undefined;
    ok: { items: Lineage[] };
  };
}

type Empty = Record<never, never>;
export type AllPaths = Paths & Omit<Agreed, keyof Paths>;

export interface RecordKey { connection: string; resource: string; id: string }
export type FailureState = 'open' | 'acknowledged' | 'resolved' | 'ignored';
export interface FailureGroup {
  id: string;
  code: string;
  step: string;
  step_name?: string | null;
  scenario: string;
  scenario_name?: string | null;
  field?: string | null;
  message: string;
  count: number;
  first_at: string;
  last_at: string;
  state: FailureState;
  example: { run: string; item: string };
}
export interface RevisionChange { revision: number; position: number; at: string; run?: string | null; changed: string[] }
export interface LineageField {
  target: string;
  value: unknown;
  steps: Array<{ path?: string | null; value: unknown; conversion?: string | null }>;
  mapping: string;
  mapping_revision: number;
  run: string;
  at: string;
}
export interface Lineage { portal: { kind: string; id: string }; fields: LineageField[] }
