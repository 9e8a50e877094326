import type { Counts } from '../../api/schema';
import { count } from '../../parts/format';

/** Records that came to an end, however it was. */
export function settled({ created, updated, unchanged, skipped, failed, removed }: Counts): number {
  return created + updated + unchanged + skipped + failed + (removed ?? 0);
}

/** Records that were written, or would be. */
export function changes({ created, updated, removed }: Counts): number {
  return created + updated + (removed ?? 0);
}

/** "create 3 records, update 697": what a run would do, after "It would". */
export function wouldDo(counts: Counts): string {
  const parts: Array<[string, number]> = [
    ['create', counts.created],
    ['update', counts.updated],
    ['take back', counts.removed ?? 0],
  ];
  const filled = parts.filter(([, many]) => many > 0);
  if (filled.length === 0) return 'change nothing';
  return filled.map(([verb, many], n) => (n === 0 ? `${verb} ${count(many, 'record')}` : `${verb} ${many.toLocaleString('en')}`)).join(', ');
}

/** What a retry would send: as it was counted, and until then what failed without what waits for a decision. */
export function toRetry(failed: number, counted: number | undefined, undecided: number): number {
  return counted ?? Math.max(0, failed - undecided);
}
