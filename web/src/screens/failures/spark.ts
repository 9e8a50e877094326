import type { FailureDay } from '../../api/schema';

export const DAYS = 14;
const DAY_MS = 86_400_000;

/** The last days up to today with how often it happened, the oldest first. Days are UTC's. */
export function lastDays(days: readonly FailureDay[], now: number): { date: string; count: number }[] {
  const counts = new Map(days.map(({ date, count }) => [date, count]));
  return Array.from({ length: DAYS }, (_, n) => {
    const date = new Date(now - (DAYS - 1 - n) * DAY_MS).toISOString().slice(0, 10);
    return { date, count: counts.get(date) ?? 0 };
  });
}
