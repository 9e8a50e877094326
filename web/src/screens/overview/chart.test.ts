import { describe, expect, it } from 'vitest';

import { barsOf, ceiling, summary } from './chart';

const hours = Array.from({ length: 48 }, (_, hour) => ({
  at: new Date(Date.UTC(2026, 10, 20, hour)).toISOString(),
  imported: hour,
  failed: hour === 3 ? 2 : 0,
}));

describe('the chart of hours', () => {
  it('makes one bar of each hour', () => {
    const bars = barsOf(hours.slice(0, 24), 1);
    expect(bars).toHaveLength(24);
    expect(bars[3]).toMatchObject({ imported: 3, failed: 2 });
    expect(bars.filter(({ tick }) => tick !== undefined)).toHaveLength(6);
  });

  it('loses nothing when several hours make a bar', () => {
    const bars = barsOf(hours, 24);
    expect(bars).toHaveLength(2);
    expect(bars.reduce((sum, bar) => sum + bar.imported, 0)).toBe((47 * 48) / 2);
  });

  it('ends at a round number that no bar exceeds', () => {
    expect(ceiling(barsOf(hours, 1))).toBe(50);
    expect(ceiling([])).toBe(1);
    expect(ceiling([{ at: '', label: '', tick: undefined, imported: 101, failed: 100 }])).toBe(400);
  });

  it('says it in a sentence, also when there is nothing', () => {
    expect(summary(barsOf(hours.slice(0, 4), 1))).toBe('6 records imported, 2 failures');
    expect(summary([])).toBe('Nothing was imported in this time');
  });
});
