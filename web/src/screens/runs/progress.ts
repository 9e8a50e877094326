import type { Run } from '../../api/schema';
import { duration, number } from '../../parts/format';
import { settled } from './counts';

export interface Progress {
  done: number;
  /** Absent while the site does not say how many there are. */
  total: number | undefined;
  share: number | undefined;
  perSecond: number | undefined;
  leftMs: number | undefined;
  text: string;
}

const SURE_MS = 10_000;
const SURE_SHARE = 0.05;

/** How far a run is. What is left is said only when it can be known: after 10 seconds and 5 percent. */
export function progressOf(run: Run, now: number): Progress {
  const done = settled(run.counts);
  const totals = Object.values(run.fetches).map(({ total }) => total);
  const isKnown = totals.length > 0 && totals.every((total) => typeof total === 'number');
  const sum = isKnown ? totals.reduce<number>((all, total) => all + (total ?? 0), 0) : 0;
  const wanted = isKnown ? Math.min(sum, run.limit ?? sum) : undefined;
  const total = wanted === undefined ? undefined : Math.max(wanted, done);
  const share = total === undefined ? undefined : total === 0 ? 1 : done / total;
  const elapsed = (run.ended_at ? new Date(run.ended_at).getTime() : now) - new Date(run.started_at).getTime();
  const perSecond = elapsed >= 1_000 ? done / (elapsed / 1_000) : undefined;
  const isSure = !run.ended_at && elapsed >= SURE_MS && share !== undefined && share >= SURE_SHARE && share < 1;
  const leftMs = isSure && total !== undefined && done > 0 ? ((total - done) * elapsed) / done : undefined;
  const text =
    total === undefined ? `${number(done)} records` : `${number(done)} of ${number(total)} records, ${Math.floor((share ?? 0) * 100)} percent`;
  return { done, total, share, perSecond, leftMs, text };
}

export function leftText(ms: number): string {
  return `about ${duration(Math.ceil(ms / 1_000) * 1_000)} left`;
}

export function isOver(run: Pick<Run, 'ended_at' | 'phase'>): boolean {
  return Boolean(run.ended_at) || ['succeeded', 'partly-failed', 'failed', 'cancelled'].includes(run.phase);
}
