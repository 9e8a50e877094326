import { describe, expect, it } from 'vitest';

import { events, parsed } from './discover';

async function all(chunks: string[]) {
  const bytes = chunks.map((chunk) => new TextEncoder().encode(chunk));
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of bytes) controller.enqueue(chunk);
      controller.close();
    },
  });
  const found = [];
  for await (const event of events(new Response(stream))) found.push(event);
  return found;
}

describe('events of an answer', () => {
  it('are whole however they were cut', async () => {
    expect(await all(['event: check\nda', 'ta: {"a":1}\n', '\nevent: found\ndata: {}\n\n'])).toEqual([
      { event: 'check', data: '{"a":1}' },
      { event: 'found', data: '{}' },
    ]);
  });

  it('may end without an empty line', async () => {
    expect(await all(['data: last'])).toEqual([{ event: 'message', data: 'last' }]);
  });

  it('are not comments', () => {
    expect(parsed(': heartbeat')).toBeUndefined();
  });
});
