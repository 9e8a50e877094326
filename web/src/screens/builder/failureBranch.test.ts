// The way of records that fail at a step: where it may lead, and what is said of it.

import { describe, expect, it } from 'vitest';

import type { Run } from '../../api/schema';
import { compare } from './diff';
import { addAfter, connect, connectRefusal, insertBetween, isRefused, remove } from './edits';
import { type Graph, readGraph, sortedFrom } from './graph';
import { outlineOf } from './outlineTree';
import { countsOf } from './overlay';
import { check } from './rules';
import { KNOWN, LINE, LINE_EDGES, fetch, filter, graphOf, map, trigger, write } from './testGraphs';
import { NO_NAMES } from './words';

const BOTH = [...LINE, filter('c'), map('m2'), write('w2')];
const CAUGHT = `${LINE_EDGES} w>m2! m2>w2`;
const codes = (graph: Graph) => [...new Set(check(graph, KNOWN).map(({ code }) => code))].sort();
const edges = (graph: Graph) => graph.edges.map((edge) => `${edge.from}>${edge.to}${edge.branch === 'failure' ? '!' : ''}`);

describe('a failure branch', () => {
  it('is judged as the server judges it', () => {
    const whole = [trigger('t'), fetch('f'), filter('c'), map('m'), write('w'), map('m2'), write('w2')];
    const main = 't>f f>c c>m m>w';
    for (const from of ['c', 'm', 'w']) expect(codes(graphOf(whole, `${main} ${from}>m2! m2>w2`))).toEqual([]);
    for (const from of ['t', 'f']) expect(codes(graphOf(whole, `${main} ${from}>m2! m2>w2`))).toContain('FAILURE_NOT_HERE');
    expect(codes(graphOf(whole, `${main} m>w2! f>m2 m2>w2`))).toEqual(['NOT_MAPPED']);
    expect(codes(graphOf(whole, `${main} w>m2 m2>w2`))).toEqual(['AFTER_WRITE', 'MAP_AFTER_MAP']);
    expect(codes(graphOf(whole, 't>f f>c c>m2! m2>w2 f>m m>w'))).toEqual(['NOTHING_WRITTEN']);
  });

  it('leaves only steps at which a record fails, and carries it unmapped', () => {
    const graph = graphOf(BOTH, LINE_EDGES);
    expect(connectRefusal(graph, 'w', 'm2')).toMatch(/Nothing can follow w.*Only its failure branch/);
    expect(connectRefusal(graph, 'w', 'm2', 'failure')).toBeUndefined();
    expect(connectRefusal(graph, 'w', 'w2', 'failure')).toMatch(/without a mapping/);
    expect(connectRefusal(graph, 'f', 'm2', 'failure')).toMatch(/No single record fails at f/);
    expect(connectRefusal(graph, 'm', 'm2')).toMatch(/mapped already/);
    expect(connectRefusal(graph, 'm', 'm2', 'failure')).toBeUndefined();
    const behind = graphOf(BOTH, `${LINE_EDGES} w>c!`);
    expect(connectRefusal(behind, 'c', 'm2', 'matches')).toBeUndefined();
    expect(connectRefusal(behind, 'c', 'm', 'matches')).toMatch(/would make a loop/);
  });

  it('grows beside the step, and goes with it', () => {
    const added = addAfter(graphOf(LINE, LINE_EDGES), 'm', 'map', {}, 'failure');
    if (isRefused(added)) throw new Error(added.refused);
    expect(edges(added.graph)).toEqual(['t>f', 'f>m', 'm>w', `m>${added.id}!`]);
    const next = addAfter(added.graph, 'm', 'filter');
    if (isRefused(next)) throw new Error(next.refused);
    expect(edges(next.graph)).toContain(`${next.id}>w`);
    expect(edges(next.graph)).toContain(`m>${added.id}!`);
    const last = addAfter(graphOf(LINE, LINE_EDGES), 'w', 'map', {}, 'failure');
    if (isRefused(last)) throw new Error(last.refused);
    const between = insertBetween(last.graph, { from: 'w', to: last.id, branch: 'failure' }, 'filter');
    if (isRefused(between)) throw new Error(between.refused);
    expect(edges(between.graph)).toContain(`w>${between.id}!`);
    const mapped = insertBetween(last.graph, { from: 'f', to: 'm' }, 'map');
    expect(isRefused(mapped)).toBe(true);
    expect(edges(remove(graphOf(BOTH, CAUGHT), 'w'))).toEqual(['t>f', 'f>m', 'm2>w2']);
  });

  it('is kept as it was drawn, stands last, and is told by its name', () => {
    const graph = graphOf(BOTH, CAUGHT);
    expect(readGraph(JSON.parse(JSON.stringify(graph)))).toEqual(graph);
    const parted = connect(graphOf(BOTH, 't>f f>c c>m2! c>m+ m>w m2>w2'), 'c', 'w2', 'otherwise');
    const shown = isRefused(parted) ? graphOf(BOTH, 't>f f>c c>m2! c>m+ m>w m2>w2') : parted;
    expect(sortedFrom(shown, 'c').at(-1)?.branch).toBe('failure');
    expect(outlineOf(graph).slice(0, 5)).toEqual([
      { kind: 'step', id: 't' },
      { kind: 'step', id: 'f' },
      { kind: 'step', id: 'm' },
      { kind: 'step', id: 'w' },
      { kind: 'split', ways: [{ branch: 'failure', lines: [{ kind: 'step', id: 'm2' }, { kind: 'step', id: 'w2' }] }] },
    ]);
    expect(compare(graphOf(BOTH, `${LINE_EDGES} m2>w2`), graph, NO_NAMES).connections).toEqual(['w (on failure) now leads to m2.']);
  });

  it('counts a record where it failed, and what came of it behind that apart', () => {
    const counts = { read: 0, created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 };
    const nodes = { f: { ...counts, read: 3 }, w: { ...counts, created: 2, failed: 1 }, w2: { ...counts, created: 1 } };
    const shown = countsOf({ nodes } as unknown as Run, graphOf(BOTH, CAUGHT));
    expect([shown.get('m')?.records, shown.get('w'), shown.get('m2')?.records, shown.get('w2')?.records]).toEqual([3, { records: 3, failed: 1 }, 1, 1]);
  });
});
