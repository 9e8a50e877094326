import { describe, expect, it } from 'vitest';

import { onceAtATime } from './once';
import { ApiError, offline } from './problem';

describe('a command', () => {
  it('bad input 67: that is asked for twice is run once, and both get its answer', async () => {
    const keys: string[] = [];
    const once = onceAtATime<number>();
    const run = (key: string) => Promise.resolve(keys.push(key));
    expect(await Promise.all([once({ id: 'a' }, run), once({ id: 'a' }, run)])).toEqual([1, 1]);
    expect(await once({ id: 'a' }, run)).toBe(2);
    expect(new Set(keys).size).toBe(2);
  });

  it('whose answer was lost is asked for again under its key', async () => {
    const keys: string[] = [];
    const once = onceAtATime<string>();
    const lost = (key: string) => {
      keys.push(key);
      return Promise.reject(offline());
    };
    await expect(once(['x'], lost)).rejects.toThrow();
    await expect(once(['x'], lost)).rejects.toThrow();
    expect(await once(['x'], (key) => Promise.resolve(key))).toBe(keys[0]);
    expect(keys[0]).toBe(keys[1]);
    expect(await once(['x'], (key) => Promise.resolve(key))).not.toBe(keys[0]);
  });

  it('that was refused, or is another one, has a key of its own', async () => {
    const once = onceAtATime<string>();
    let first = '';
    const refused = (key: string) => {
      first = key;
      return Promise.reject(new ApiError({ status: 422 }));
    };
    await expect(once(1, refused)).rejects.toThrow();
    expect(await once(1, (key) => Promise.resolve(key))).not.toBe(first);
    const both = await Promise.all([once(2, (key) => Promise.resolve(key)), once(3, (key) => Promise.resolve(key))]);
    expect(both[0]).not.toBe(both[1]);
  });
});
