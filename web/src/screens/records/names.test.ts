import { describe, expect, it } from 'vitest';

import { changesOf, labelOf, sourceOf } from './names';

describe('records', () => {
  it('are called by what people know them by', () => {
    expect(labelOf({ id: 'po_1', fields: { title: '', name: 'Ada' } })).toBe('Ada');
    expect(labelOf({ id: 'po_1', fields: { title: 7 } })).toBe('po_1');
    expect(labelOf({ id: 'po_1', fields: null })).toBe('po_1');
  });

  it('say where they came from, also with dots in the id', () => {
    expect(sourceOf('cn_abc1.users.11')).toEqual({ connection: 'cn_abc1', resource: 'users', id: '11' });
    expect(sourceOf('cn_abc1.items.a.b')?.id).toBe('a.b');
    expect(sourceOf('something else')).toBeUndefined();
  });

  it('differ by path', () => {
    expect(changesOf({ a: { b: 1, c: [1] } }, { a: { b: 2, c: [1] }, d: null })).toEqual([
      { path: 'a.b', before: 1, now: 2 },
      { path: 'd', before: undefined, now: null },
    ]);
    expect(changesOf({ a: [1, 2] }, { a: [1, 2] })).toEqual([]);
  });
});
