import { describe, expect, it } from 'vitest';

import { droppedOn } from './drop';
import { layOut } from './layout';
import type { Graph } from './graph';

const graph: Graph = {
  nodes: [
    { id: 't', name: 'By hand', kind: 'trigger', on: 'manual' },
    { id: 'f', name: 'Posts', kind: 'fetch' },
    { id: 'm', name: 'Post fields', kind: 'map' },
    { id: 'w', name: 'Save posts', kind: 'write' },
  ],
  edges: [{ from: 't', to: 'f' }, { from: 'f', to: 'm' }, { from: 'm', to: 'w' }],
};
const places = layOut(graph);
const at = (id: string, dx: number, dy: number) => {
  const place = places.get(id) ?? { x: 0, y: 0 };
  return { x: place.x + dx, y: place.y + dy };
};
const drop = (kind: 'fetch' | 'filter' | 'map' | 'write', id: string, dx: number, dy: number) => droppedOn(graph, places, kind, at(id, dx, dy));

describe('a dropped step', () => {
  it('belongs to the step it was dropped on', () => {
    expect(drop('fetch', 't', 120, 20)).toEqual({ step: 't' });
  });

  it('stands on the connection it was dropped on, where it can', () => {
    expect(drop('filter', 'f', 120, 110)).toEqual({ edge: { from: 'f', to: 'm' } });
  });

  it('goes beside what is there, where it cannot', () => {
    expect(drop('fetch', 't', 120, 92)).toEqual({ step: 't' });
    expect(drop('write', 'm', 120, 110)).toEqual({ step: 'm' });
  });

  it('is refused by the connection when it can follow neither', () => {
    expect(drop('map', 't', 120, 92)).toEqual({ edge: { from: 't', to: 'f' } });
  });

  it('belongs to a step it was dropped beside', () => {
    expect(drop('fetch', 't', -60, 10)).toEqual({ step: 't' });
    expect(drop('filter', 'w', 120, 200)).toEqual({ step: 'w' });
  });

  it('belongs to nothing far away', () => {
    expect(drop('fetch', 't', -400, 10)).toEqual({});
  });
});
