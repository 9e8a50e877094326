import { useState } from 'react';

import type { FailureDay } from '../../api/schema';
import { number } from '../../parts/format';
import { DAYS, lastDays } from './spark';

/** How often it happened day by day. */
export function Spark({ days }: { days: readonly FailureDay[] }) {
  const [now] = useState(() => Date.now());
  const shown = lastDays(days, now);
  const most = Math.max(1, ...shown.map(({ count }) => count));
  const all = shown.reduce((sum, { count }) => sum + count, 0);
  const text = `${number(all)} ${all === 1 ? 'time' : 'times'} in the last ${DAYS} days, ${number(shown.at(-1)?.count ?? 0)} today`;
  return (
    <span className="spark" role="img" aria-label={text} title={text}>
      {shown.map(({ date, count }) => (
        <span key={date} data-some={count > 0 || undefined} style={{ height: count > 0 ? `${Math.max(12, (count / most) * 100)}%` : 2 }} />
      ))}
    </span>
  );
}
