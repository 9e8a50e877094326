// Turns live messages into refetches: at most four rounds a second, and never twice for the same thing in a round.
import type { QueryClient } from '@tanstack/react-query';

import { live } from './live';

const ROUND_MS = 250;
/** What else shows data of a topic. The first part of every query key is a topic. */
const ALSO: Record<string, string[]> = {
  run: ['overview', 'failure', 'record'],
  connection: ['overview'],
  scenario: ['overview'],
  portal: ['record'],
};

export function refreshByLive(client: QueryClient): () => void {
  const waiting = new Map<string, Set<string>>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isReset = false;

  const round = () => {
    timer = undefined;
    if (isReset) {
      isReset = false;
      waiting.clear();
      void client.invalidateQueries();
      return;
    }
    const round = new Map(waiting);
    waiting.clear();
    for (const [topic, ids] of round) {
      void client.invalidateQueries({
        predicate: ({ queryKey: [name, of] }) =>
          name === topic && (ids.size === 0 || typeof of !== 'string' || of === 'list' || ids.has(of)),
      });
      for (const other of ALSO[topic] ?? []) void client.invalidateQueries({ queryKey: [other] });
    }
  };
  return live.listen((message) => {
    if (message.kind === 'status') return;
    if (message.kind === 'reset') isReset = true;
    else {
      const { topic, ids } = message.changed;
      const known = waiting.get(topic) ?? new Set<string>();
      for (const id of ids) known.add(bare(id));
      waiting.set(topic, known);
    }
    timer ??= setTimeout(round, ROUND_MS);
  });
}

/** Streams are named `run-rn_…`; documents `rn_…`. */
function bare(id: string): string {
  return /^[a-z]+-(?=[a-z]{2}_)/.test(id) ? id.slice(id.indexOf('-') + 1) : id;
}
