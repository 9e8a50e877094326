import { describe, expect, it } from 'vitest';

import type { Run } from '../../api/schema';
import { isOver, progressOf } from './progress';

const START = Date.UTC(2026, 10, 23, 12);
const run = (changed: Partial<Run>): Run => ({
  id: 'rn_1',
  scenario: 'sc_1',
  version: 1,
  kind: 'import',
  mode: 'apply',
  phase: 'running',
  counts: { read: 0, created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 },
  fetches: {},
  nodes: {},
  started_at: new Date(START).toISOString(),
  actor: 'system',
  ...changed,
});
const fetched = (total: number | null) => ({ users: { resource: 'users', pages: 1, hidden: 0, total } });
const counts = { read: 50, created: 40, updated: 0, unchanged: 5, skipped: 2, failed: 3 };

describe('the progress of a run', () => {
  it('has no percent while the total is unknown', () => {
    expect(progressOf(run({ counts, fetches: fetched(null) }), START)).toMatchObject({ done: 50, share: undefined, text: '50 records' });
    expect(progressOf(run({ counts }), START).total).toBeUndefined();
  });

  it('counts what ended, whatever became of it', () => {
    expect(progressOf(run({ counts, fetches: fetched(200) }), START)).toMatchObject({ done: 50, total: 200, share: 0.25 });
  });

  it('says what is left only after 10 seconds and 5 percent', () => {
    const half = run({ counts, fetches: fetched(100) });
    expect(progressOf(half, START + 9_000).leftMs).toBeUndefined();
    expect(progressOf(half, START + 10_000).leftMs).toBe(10_000);
    expect(progressOf(run({ counts, fetches: fetched(5_000) }), START + 20_000).leftMs).toBeUndefined();
  });

  it('never goes beyond the whole, also when the site grew meanwhile', () => {
    expect(progressOf(run({ counts, fetches: fetched(10) }), START).share).toBe(1);
  });

  it('keeps to the limit that was asked for', () => {
    expect(progressOf(run({ counts, fetches: fetched(10_000), limit: 100 }), START).total).toBe(100);
  });

  it('is over when it ended', () => {
    expect(isOver(run({}))).toBe(false);
    expect(isOver(run({ phase: 'partly-failed' }))).toBe(true);
  });
});
