import { describe, expect, it } from 'vitest';

import type { Counts } from '../../api/schema';
import { whyWords } from './Approval';
import { costWords } from './ChangeSet';
import { changes, settled, toRetry, wouldDo } from './counts';

const NONE: Counts = { read: 0, created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 };

describe('counts of a run', () => {
  it('hold what was taken back, which only an undo has', () => {
    const counts = { ...NONE, read: 12, removed: 7, updated: 2, skipped: 3 };
    expect(settled(counts)).toBe(12);
    expect(changes(counts)).toBe(9);
    expect(changes({ ...NONE, created: 4, unchanged: 8 })).toBe(4);
  });

  it('leave out of a retry what it would not send', () => {
    expect(toRetry(30, 10, 20)).toBe(10);
    expect(toRetry(30, undefined, 20)).toBe(10);
    expect(toRetry(30, 0, 0)).toBe(0);
    expect(toRetry(3, undefined, 5)).toBe(0);
  });

  it('are said as what would happen', () => {
    expect(wouldDo({ ...NONE, created: 1 })).toBe('create 1 record');
    expect(wouldDo({ ...NONE, created: 3, updated: 1_697, removed: 2 })).toBe('create 3 records, update 1,697, take back 2');
    expect(wouldDo({ ...NONE, unchanged: 9 })).toBe('change nothing');
  });

  it('come with the limit above which a person decides, and with their price', () => {
    expect(whyWords({ changes: 50, share: 0.02 })).toMatch(/^More than 50 changes that are also more than 2\.0 % of the records/);
    const changed = { cost: { source_calls: 0, destination_calls: 0, seconds: 0.25 } };
    expect(costWords(changed as never)).toBe('The source is not asked · Portal is written directly · looking took 250 ms');
  });
});
