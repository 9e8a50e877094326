import { describe, expect, it } from 'vitest';
import type { Graph, Step } from './graph';
import { check, merge } from './rules';
import { KNOWN, LINE, LINE_EDGES, fetch, filter, graphOf, map, node, trigger, write } from './testGraphs';

const codes = (steps: readonly Step[], edges: string) => [...new Set(check(graphOf(steps, edges), KNOWN).map((one) => one.code))].sort();

describe('the rules that the server has too', () => {
  it('names tries that cannot be, and steps that are not tried again', () => {
    const of = (step: object, on_failure: unknown) =>
      check(graphOf([trigger('t'), fetch('f'), { ...map('m'), ...(step === map ? { on_failure } : {}) }, { ...write('w'), ...(step === write ? { on_failure } : {}) }], LINE_EDGES), KNOWN).map((one) => [one.code, one.field]);
    expect(of(write, { do: 'retry', times: 10, wait: 300 })).toEqual([]);
    expect(of(write, { do: 'stop' })).toEqual([]);
    expect(of(write, { do: 'retry', times: 11, wait: 0 })).toEqual([
      ['OUT_OF_RANGE', 'on_failure.times'],
      ['OUT_OF_RANGE', 'on_failure.wait'],
    ]);
    expect(of(write, { do: 'retry', wait: 1.5 })).toHaveLength(2);
    expect(of(map, { do: 'retry', times: 1, wait: 1 })).toEqual([['RETRY_NOT_HERE', 'on_failure']]);
  });

  it('finds nothing in a whole scenario', () => {
    expect(codes(LINE, LINE_EDGES)).toEqual([]);
    expect(codes([...LINE, filter('c'), map('m2'), write('w2')], 't>f f>c c>m+ c>m2- m>w m2>w2')).toEqual([]);
  });

  it('names each gap of a half-drawn scenario, in the order of the server', () => {
    const half = [trigger('t'), node('f', 'fetch'), node('c', 'filter'), node('m', 'map'), node('w', 'write')];
    const found = check(graphOf(half, 't>f f>c c>m m>w'), KNOWN);
    expect(found.map((one) => one.code)).toEqual(['CONNECTION_MISSING', 'CONDITION_EMPTY', 'MAPPING_MISSING', 'CONNECTION_MISSING']);
    expect(found.every((one) => one.node && one.field && one.remedy)).toBe(true);
  });

  it.each([
    ['NO_TRIGGER', LINE.slice(1), 'f>m m>w'],
    ['TWO_TRIGGERS', [...LINE, trigger('t2')], `${LINE_EDGES} t2>f`],
    ['UNREACHABLE', [...LINE, filter('c')], LINE_EDGES],
    ['SELF_LOOP', LINE, `${LINE_EDGES} m>m`],
    ['CYCLE', [...LINE, filter('c')], 't>f f>m m>c c>m+ m>w'],
    ['DANGLING_EDGE', LINE, `${LINE_EDGES} m>gone`],
    ['DUPLICATE_EDGE', LINE, `${LINE_EDGES} f>m`],
    ['DUPLICATE_ID', [...LINE, map('m')], LINE_EDGES],
    ['BRANCH_WITHOUT_FILTER', LINE, 't>f f>m- m>w'],
    ['BEFORE_TRIGGER', [...LINE, filter('c')], `${LINE_EDGES} c>t`],
    ['FETCH_AFTER_FETCH', [...LINE, fetch('f2')], 't>f f>f2 f2>m m>w'],
    ['NOTHING_WRITTEN', [trigger('t'), fetch('f')], 't>f'],
    ['NO_FETCH', [trigger('t'), map('m'), write('w')], 't>m m>w'],
    ['MAP_AFTER_MAP', [...LINE, map('m2')], 't>f f>m m>m2 m2>w'],
    ['NOT_MAPPED', [trigger('t'), fetch('f'), write('w')], 't>f f>w'],
    ['AFTER_WRITE', [...LINE, filter('c')], `${LINE_EDGES} w>c`],
    ['MAPPING_FOR_OTHER_RESOURCE', [trigger('t'), fetch('f', 'posts'), map('m'), write('w')], LINE_EDGES],
    ['ENTITY_MISMATCH', [trigger('t'), fetch('f'), map('m'), write('w', 'post')], LINE_EDGES],
    ['UNKNOWN_RESOURCE', [trigger('t'), fetch('f', 'planets'), map('m'), write('w')], LINE_EDGES],
    ['UNKNOWN_MAPPING', [trigger('t'), fetch('f'), map('m', 'mp_gone'), write('w')], LINE_EDGES],
    ['UNKNOWN_NODE', [...LINE, node('x', 'delay')], 't>f f>x x>m m>w'],
    ['NOT_A_DESTINATION', [trigger('t'), fetch('f'), map('m'), node('w', 'write', { connection: 'cn_wp', entity: 'user' })], LINE_EDGES],
  ])('%s', (code, steps, edges) => {
    expect(codes(steps, edges)).toContain(code);
  });

  it('warns of a connection that does not work, and does not forbid publishing', () => {
    const paused = [trigger('t'), node('f', 'fetch', { connection: 'cn_paused', resource: 'users' }), map('m'), write('w')];
    const [found] = check(graphOf(paused, LINE_EDGES), KNOWN);
    expect(found).toMatchObject({ code: 'CONNECTION_NOT_READY', level: 'warning', node: 'f' });
  });

  it('says nothing about what is not loaded yet', () => {
    expect(check(graphOf(LINE, LINE_EDGES), { connections: undefined, mappings: undefined })).toEqual([]);
  });

  it('judges fifty steps in less than sixteen milliseconds', () => {
    const many = wide(50);
    check(many, KNOWN);
    const from = performance.now();
    for (let n = 0; n < 10; n += 1) check(many, KNOWN);
    expect((performance.now() - from) / 10).toBeLessThan(16);
  });
});

describe('the answer of the server', () => {
  const graph = graphOf(LINE, LINE_EDGES);
  const own = { code: 'MAPPING_HAS_PROBLEMS', level: 'error' as const, node: 'm', message: '', remedy: '' };

  it('replaces the local one for the same graph', () => {
    expect(merge([own, own], { graph, problems: [] }, graph)).toEqual([]);
  });

  it('keeps what only the server knows, for steps that did not change', () => {
    const moved: Graph = { ...graph, nodes: graph.nodes.map((step) => (step.id === 'f' ? { ...step, name: 'x' } : step)) };
    expect(merge([], { graph, problems: [own] }, moved)).toEqual([own]);
    const edited: Graph = { ...graph, nodes: graph.nodes.map((step) => (step.id === 'm' ? { ...step } : step)) };
    expect(merge([], { graph, problems: [own] }, edited)).toEqual([]);
  });
});

function wide(count: number): Graph {
  const steps: Step[] = [trigger('t')];
  const edges: string[] = [];
  for (let n = 0; steps.length + 3 <= count; n += 1) {
    steps.push(fetch(`f${n}`), map(`m${n}`), write(`w${n}`));
    edges.push(`t>f${n} f${n}>m${n} m${n}>w${n}`);
  }
  return graphOf(steps, edges.join(' '));
}
