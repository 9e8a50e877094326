import { useSyncExternalStore } from 'react';

import { absolute, ago } from './format';

// One clock for the whole page.
const TICK_MS = 5_000;
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!timer) now = Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** How long ago, with the exact time and its zone as title. */
export function TimeAgo({ at }: { at: string | number | null | undefined }) {
  const current = useSyncExternalStore(subscribe, () => now);
  if (at === null || at === undefined) return <span className="muted">–</span>;
  const date = new Date(at);
  const iso = Number.isNaN(date.getTime()) ? undefined : date.toISOString();
  return (
    <time dateTime={iso} title={absolute(at)} className="nowrap">
      {/* What is younger than the clock's last tick was just now. */}
      {ago(at, Math.max(current, Math.min(date.getTime() || 0, current + TICK_MS)))}
    </time>
  );
}
