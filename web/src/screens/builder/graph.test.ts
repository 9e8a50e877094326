import { describe, expect, it } from 'vitest';
import { type Refused, addAfter, addSomewhere, change, connect, connectRefusal, insertBetween, isRefused, remove } from './edits';
import { type Graph, EMPTY, edgeKey, flowOrder, readGraph, sameGraph, stepOf } from './graph';
import { STEP_HEIGHT, STEP_WIDTH, layOut } from './layout';
import { outlineOf } from './outlineTree';
import { countsOf } from './overlay';
import { LINE, LINE_EDGES, fetch, filter, graphOf, map, node, trigger, write } from './testGraphs';

const line = graphOf(LINE, LINE_EDGES);
const edges = (graph: Graph) => graph.edges.map((edge) => `${edge.from}>${edge.to}${edge.branch ? edge.branch.charAt(0) : ''}`).sort().join(' ');

function done<T extends object>(answer: T): Exclude<T, Refused> {
  if (isRefused(answer)) throw new Error(answer.refused);
  return answer as Exclude<T, Refused>;
}

describe('reading', () => {
  it('keeps steps of another release as they are', () => {
    const document = { nodes: [{ id: 'a', name: 'Wait', kind: 'delay', minutes: 5 }], edges: [] };
    expect(readGraph(document)).toEqual(document);
    expect(readGraph(null)).toEqual(EMPTY);
    expect(readGraph('nonsense')).toEqual(EMPTY);
    expect(readGraph({ nodes: [1, null], edges: 'x' })).toEqual(EMPTY);
  });

  it('compares by meaning, not by the order of keys', () => {
    const other = graphOf(LINE.map((step) => Object.fromEntries(Object.entries(step).reverse()) as typeof step), LINE_EDGES);
    expect(sameGraph(line, other)).toBe(true);
    expect(sameGraph(line, change(line, 'm', { name: 'x' }))).toBe(false);
  });
});

describe('connecting', () => {
  it('refuses a loop and says which steps it would join', () => {
    expect(connectRefusal(line, 'm', 'f')).toContain('would make a loop');
    expect(connectRefusal(line, 'm', 'm')).toBe('A step cannot lead to itself.');
    expect(connectRefusal(line, 'f', 't')).toContain('trigger');
    expect(connectRefusal(line, 'f', 'm')).toContain('connected already');
    expect(connectRefusal(line, 'w', 'm')).toContain('loop');
  });

  it('refuses what the order of kinds forbids', () => {
    const wide = graphOf([...LINE, fetch('f2'), map('m2'), write('w2')], `${LINE_EDGES} t>f2`);
    expect(connectRefusal(wide, 'w', 'w2')).toContain('it writes');
    expect(connectRefusal(wide, 'f', 'f2')).toContain('cannot follow another fetch');
    expect(connectRefusal(wide, 'f2', 'w2')).toContain('without a mapping');
    expect(connectRefusal(wide, 'm', 'm2')).toContain('mapped already');
    expect(edges(done(connect(wide, 'f2', 'm2')))).toContain('f2>m2');
  });

  it('gives connections out of a filter their branch', () => {
    const graph = graphOf([...LINE, filter('c'), map('m2')], 't>f f>c c>m+ m>w');
    expect(edges(done(connect(graph, 'c', 'm2', 'otherwise')))).toContain('c>m2o');
  });
});

describe('adding', () => {
  it('puts a step into a line, and a write beside', () => {
    const added = done(addAfter(line, 'f', 'filter'));
    expect(edges(added.graph)).toBe('f>filter-1 filter-1>mm m>w t>f');
    expect(done(addAfter(line, 't', 'fetch')).graph.edges).toHaveLength(4);
    expect(done(addAfter(line, 'm', 'write')).graph.edges.map(edgeKey)).toContain('m→write-1→matches');
  });

  it('uses the free branch of a filter', () => {
    const graph = graphOf([trigger('t'), fetch('f'), filter('c'), map('m')], 't>f f>c c>m+');
    expect(edges(done(addAfter(graph, 'c', 'map')).graph)).toContain('c>map-1o');
  });

  it('finds a place when the selected step cannot be followed', () => {
    expect(edges(done(addSomewhere(line, 'w', 'fetch')).graph)).toContain('t>fetch-1');
    expect(edges(done(addSomewhere(line, 'w', 'write')).graph)).toContain('m>write-1');
    expect(done(addSomewhere(EMPTY, undefined, 'map')).graph.nodes).toHaveLength(1);
  });

  it('refuses a second trigger with the reason', () => {
    const refused = addSomewhere(line, undefined, 'trigger');
    expect(isRefused(refused) && refused.refused).toContain('one trigger');
  });

  it('inserts between two steps and keeps the branch before it', () => {
    const graph = graphOf([trigger('t'), fetch('f'), filter('c'), map('m'), write('w')], 't>f f>c c>m- m>w');
    const edge = graph.edges.find((one) => one.from === 'c');
    if (!edge) throw new Error('no edge');
    expect(edges(done(insertBetween(graph, edge, 'filter')).graph)).toBe('c>filter-1o f>c filter-1>mm m>w t>f');
    expect(isRefused(insertBetween(graph, edge, 'write'))).toBe(true);
    expect(isRefused(insertBetween(graph, edge, 'map'))).toBe(true);
  });
});

describe('removing', () => {
  it('closes the line', () => {
    const added = done(addAfter(line, 'f', 'filter'));
    expect(sameGraph(remove(added.graph, added.id), { ...line, edges: remove(added.graph, added.id).edges })).toBe(true);
    expect(edges(remove(added.graph, added.id))).toBe(LINE_EDGES.split(' ').sort().join(' '));
  });

  it('does not connect what may not follow', () => {
    expect(edges(remove(line, 'm'))).toBe('t>f');
    expect(edges(remove(line, 'f'))).toBe('m>w');
  });
});

describe('order and place', () => {
  const branched = graphOf(
    [trigger('t'), fetch('f'), filter('c'), map('m1'), write('w1'), map('m2'), write('w2')],
    't>f f>c c>m2- c>m1+ m1>w1 m2>w2',
  );

  it('reads each branch to its end, what matches first', () => {
    expect(flowOrder(branched)).toEqual(['t', 'f', 'c', 'm1', 'w1', 'm2', 'w2']);
  });

  it('survives circles and dangling edges', () => {
    expect(flowOrder(graphOf([node('a', 'map'), node('b', 'map')], 'a>b b>a a>gone'))).toEqual(['a', 'b']);
    expect(layOut(graphOf([node('a', 'map'), node('b', 'map')], 'a>b b>a')).size).toBe(2);
  });

  it('stands branches side by side under their filter, without overlap', () => {
    const places = layOut(branched);
    const [m1, m2, c] = [places.get('m1'), places.get('m2'), places.get('c')];
    expect(m1 && m2 && c && m1.x < c.x && c.x < m2.x && m1.y === m2.y && m1.y > c.y + STEP_HEIGHT).toBe(true);
    const all = [...places.values()];
    for (const a of all) {
      for (const b of all) {
        if (a !== b) expect(Math.abs(a.x - b.x) >= STEP_WIDTH || Math.abs(a.y - b.y) >= STEP_HEIGHT).toBe(true);
      }
    }
  });

  it('puts a join under the middle of its branches', () => {
    const joined = graphOf([trigger('t'), fetch('f'), filter('c'), map('m1'), map('m2'), write('w')], 't>f f>c c>m1+ c>m2- m1>w m2>w');
    const places = layOut(joined);
    expect(places.get('w')?.x).toBe(places.get('c')?.x);
    expect(stepOf(joined, 'w')?.kind).toBe('write');
  });
});

describe('the outline', () => {
  it('goes deeper only where records part, and shows every step once', () => {
    const joined = graphOf([trigger('t'), fetch('f'), filter('c'), map('m1'), map('m2'), write('w')], 't>f f>c c>m1+ c>m2- m1>w m2>w');
    expect(outlineOf(joined)).toEqual([
      { kind: 'step', id: 't' },
      { kind: 'step', id: 'f' },
      { kind: 'step', id: 'c' },
      {
        kind: 'split',
        ways: [
          { branch: 'matches', lines: [{ kind: 'step', id: 'm1' }, { kind: 'step', id: 'w' }] },
          { branch: 'otherwise', lines: [{ kind: 'step', id: 'm2' }, { kind: 'again', id: 'w' }] },
        ],
      },
    ]);
    expect(outlineOf(graphOf([node('a', 'map'), node('b', 'map')], 'a>b b>a')).map((one) => one.kind)).toEqual(['step', 'step', 'again']);
  });
});

describe('counts of a run', () => {
  const none = { read: 0, created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 };
  const run = (nodes: Record<string, object>) => ({ nodes: Object.fromEntries(Object.entries(nodes).map(([id, counts]) => [id, { ...none, ...counts }])) }) as unknown as Parameters<typeof countsOf>[0];

  it('adds up what came through a step', () => {
    const counts = countsOf(run({ f: { read: 10 }, m: { failed: 2 }, w: { created: 8 } }), line);
    expect(Object.fromEntries(counts)).toEqual({ f: { records: 10, failed: 0 }, m: { records: 10, failed: 2 }, w: { records: 8, failed: 0 } });
  });

  it('says nothing about a step that a record may have gone around', () => {
    const joined = graphOf([trigger('t'), fetch('f'), filter('c'), map('m1'), map('m2'), write('w')], 't>f f>c c>m1+ c>m2- m1>w m2>w');
    const counts = countsOf(run({ f: { read: 10 }, w: { created: 10 } }), joined);
    expect(counts.get('c')?.records).toBe(10);
    expect(counts.has('m1')).toBe(false);
  });
});
