import type { Hour } from '../../api/schema';
import { count, clock, shortTime } from '../../parts/format';

export interface Bar {
  at: string;
  label: string;
  /** Stands below the bar, where there is room. */
  tick: string | undefined;
  imported: number;
  failed: number;
}

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** Hours as bars; of longer times several hours make one bar. */
export function barsOf(hours: Hour[], perBar: number): Bar[] {
  const bars: Bar[] = [];
  for (let start = 0; start < hours.length; start += perBar) {
    const group = hours.slice(start, start + perBar);
    const first = group[0];
    if (!first) continue;
    const index = bars.length;
    const every = perBar === 1 ? 4 : perBar === 6 ? 4 : 5;
    const tick = perBar === 1 ? clock(first.at) : DAY.format(new Date(first.at));
    bars.push({
      at: first.at,
      label: perBar === 1 ? clock(first.at) : shortTime(first.at),
      tick: index % every === 0 ? tick : undefined,
      imported: group.reduce((sum, hour) => sum + hour.imported, 0),
      failed: group.reduce((sum, hour) => sum + hour.failed, 0),
    });
  }
  return bars;
}

/** A round number at or above the highest bar: 1, 2 or 5 with noughts. */
export function ceiling(bars: Bar[]): number {
  const highest = Math.max(1, ...bars.map(({ imported, failed }) => imported + failed));
  const power = 10 ** Math.floor(Math.log10(highest));
  return ([1, 2, 4, 5, 10].find((step) => step * power >= highest) ?? 10) * power;
}

/** The chart in one sentence. */
export function summary(bars: Bar[]): string {
  const imported = bars.reduce((sum, bar) => sum + bar.imported, 0);
  const failed = bars.reduce((sum, bar) => sum + bar.failed, 0);
  if (imported + failed === 0) return 'Nothing was imported in this time';
  return `${count(imported, 'record')} imported, ${count(failed, 'failure')}`;
}
