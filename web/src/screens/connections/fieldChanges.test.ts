import { describe, expect, it } from 'vitest';

import type { SchemaChange } from '../../api/schema';
import { byWeight, changeWords } from './fieldChanges';

const change = (path: string, kind: SchemaChange['kind'], mappings: SchemaChange['mappings'] = []): SchemaChange => ({ path, kind, before: ['string'], now: ['list', 'null'], mappings });

describe('a field that changed', () => {
  it('is told in words', () => {
    expect(changeWords(change('a', 'new'))).toBe('is new: list or null');
    expect(changeWords(change('a', 'removed'))).toBe('is gone; it was string');
    expect(changeWords(change('a', 'type-changed'))).toBe('was string and is list or null');
    expect(changeWords(change('a', 'not-seen'))).toMatch(/no record has it/);
  });

  it('comes first when a mapping misses it', () => {
    const read = [{ id: 'mp_a', name: 'Posts' }];
    const sorted = byWeight([change('b', 'removed'), change('a', 'new', read), change('z', 'not-seen', read)]);
    expect(sorted.map(({ path }) => path)).toEqual(['z', 'a', 'b']);
  });
});
