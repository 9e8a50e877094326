import { describe, expect, it } from 'vitest';

import { idsOf, previewOf, rulesOf } from './reimport';

describe('what is imported again', () => {
  it('is asked for as the address says', () => {
    expect(previewOf({})).toEqual({ mode: 'preview', filter: { ids: [] } });
    expect(previewOf({ version: 'draft', resource: 'users' })).toEqual({ mode: 'preview', draft: true, filter: { resource: 'users', ids: [] } });
    expect(previewOf({ version: '3', mapping: 'mp_a', revision: '2', ids: '7, 8' })).toEqual({
      mode: 'preview',
      version: 3,
      mapping: { id: 'mp_a', revision: 2 },
      filter: { ids: ['7', '8'] },
    });
    expect(previewOf({ mapping: 'mp_a' }).mapping).toEqual({ id: 'mp_a' });
  });

  it('names records as people write them, each once', () => {
    expect(idsOf(' 7,8;  9\n7 ')).toEqual(['7', '8', '9']);
    expect(idsOf(undefined)).toEqual([]);
  });

  it('has the mappings and resources of the version to choose from', () => {
    const nodes = [
      { id: 'f', kind: 'fetch', resource: 'users' },
      { id: 'g', kind: 'fetch' },
      { id: 'm', kind: 'map', mapping: { id: 'mp_a', revision: 4 } },
      { id: 'n', kind: 'map', mapping: { id: 'mp_a', revision: 4 } },
      { id: 'o', kind: 'map' },
    ];
    expect(rulesOf({ nodes, edges: [] })).toEqual({ mappings: [{ id: 'mp_a', revision: 4 }], resources: ['users'] });
    expect(rulesOf(undefined)).toEqual({ mappings: [], resources: [] });
  });
});
