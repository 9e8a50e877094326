import { describe, expect, it } from 'vitest';

import { capturedOf, readBy } from './captured';

const line = (receipt: string, at: string, records: unknown[]) => ({ receipt, at, read: { records } }) as never;
const record = (resource: string, id: string, finding = 'changed') => ({ resource, id, finding });

describe('captured messages', () => {
  it('offer each record once, by its newest message, and only what the graph reads and was seen', () => {
    const lines = [
      line('rc_3', '2026-06-03', [record('posts', '7'), record('users', '1')]),
      line('rc_2', '2026-06-02', [record('posts', '7'), record('posts', '8', 'gone'), record('posts', '9', 'unchanged')]),
      { receipt: 'rc_1', at: '2026-06-01', read: null } as never,
    ];
    expect(capturedOf(lines, ['posts']).map(({ receipt, id }) => [receipt, id])).toEqual([['rc_3', '7'], ['rc_2', '9']]);
  });

  it('come from the connections that the graph reads from', () => {
    const nodes = [
      { id: 'a', kind: 'fetch', name: '', connection: 'cn_1', resource: 'posts' },
      { id: 'b', kind: 'fetch', name: '', connection: 'cn_1', resource: 'users' },
      { id: 'c', kind: 'fetch', name: '', connection: 'cn_2' },
      { id: 'd', kind: 'write', name: '', connection: 'cn_3', resource: 'posts' },
    ];
    expect([...readBy({ nodes, edges: [] })]).toEqual([['cn_1', ['posts', 'users']]]);
  });
});
