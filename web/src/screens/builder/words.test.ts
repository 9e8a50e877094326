import { describe, expect, it } from 'vitest';
import { read, write, literalOf } from './condition';
import { compare, isEmpty, repinned } from './diff';
import { change } from './edits';
import { formOf, patchOf, valueOf } from './forms';
import { LINE, LINE_EDGES, filter, graphOf, map } from './testGraphs';
import { NO_NAMES, spoken } from './words';

describe('what a step does on failure', () => {
  it('is told in words', () => {
    const before = graphOf(LINE, LINE_EDGES);
    const now = change(before, 'w', { on_failure: { do: 'retry', times: 3, wait: 30 } });
    expect(compare(before, now, NO_NAMES).steps[0]?.details).toEqual(['On failure: stop, after the usual tries → try again 3 times, 30 seconds apart, then stop.']);
    expect(isEmpty(compare(before, change(now, 'w', { on_failure: undefined }), NO_NAMES))).toBe(true);
  });
});

describe('conditions', () => {
  it.each([
    'record.status == "publish"',
    'record.status != "draft" && record.id > 7',
    'record.title.rendered.contains("a && b") || record.slug.startsWith("x")',
    'record.status in ["publish", "private"]',
    '7 in record.categories',
    'has(record.meta["a.b"]) && !has(record.acf)',
    'size(record.tags) > 0',
    'item.email.endsWith("@example.org")',
    'record.sticky == true',
  ])('reads and writes %s', (text) => {
    const choices = read(text);
    expect(choices && write(choices)).toBe(text);
  });

  it('leaves alone what choices cannot say', () => {
    for (const text of ['record.a == 1 && record.b == 2 || record.c == 3', 'record.a + 1 == 2', '(record.a == 1', 'record.tags.all(t, t > 1)']) {
      expect(read(text)).toBeUndefined();
    }
    expect(read('')).toEqual({ join: 'all', clauses: [] });
  });

  it('reads texts in either quotes', () => {
    expect(read("record.status == 'publish'")?.clauses[0]?.values).toEqual(['publish']);
  });

  it('takes a number for a number unless the field holds text', () => {
    expect([literalOf('7'), literalOf('7', 'text'), literalOf('true', true), literalOf('007x')]).toEqual([7, '7', true, '007x']);
  });
});

describe('what publishing changes', () => {
  const before = graphOf(LINE, LINE_EDGES);

  it('is nothing when nothing changed', () => {
    expect(isEmpty(compare(before, graphOf(LINE, LINE_EDGES), NO_NAMES))).toBe(true);
  });

  it('is told in words', () => {
    const renamed = change(change(before, 'm', { name: 'Author fields' }), 'w', { mode: 'create-only' });
    const now = { nodes: [...renamed.nodes.filter((step) => step.id !== 'f'), filter('c')], edges: renamed.edges };
    const diff = compare(before, now, NO_NAMES);
    expect(diff.steps.map((step) => `${step.what} ${step.title}`)).toEqual(['changed Author fields', 'changed w', 'added c', 'removed f']);
    expect(diff.steps[0]?.details).toEqual(['Renamed from “m”.']);
    expect(diff.steps[1]?.details).toEqual(['What may be done: none → only create.']);
  });

  it('tells which connections between steps changed', () => {
    const now = graphOf([...LINE, map('m2')], 't>f m>w');
    expect(compare(before, now, NO_NAMES).connections).toEqual(['f no longer leads to m.']);
  });

  it('names mappings that get a newer revision', () => {
    const pinned = change(before, 'm', { mapping: { id: 'mp_users', revision: 2 } });
    expect(repinned(pinned, before, () => 5)).toEqual([{ mapping: 'mp_users', from: 2, to: 5 }]);
    expect(repinned(pinned, before, () => 2)).toEqual([]);
    expect(isEmpty(compare(pinned, before, NO_NAMES))).toBe(true);
  });
});

describe('forms from a schema', () => {
  const schema = {
    type: 'object',
    required: ['connection'],
    properties: {
      connection: { type: 'string', title: 'Connection' },
      fields: { type: 'array', title: 'Fields' },
      ids: { type: 'array', title: 'Only these ids', items: { type: 'string' } },
      mode: { type: 'string', title: 'What may be done', enum: ['upsert', 'create-only'], default: 'upsert' },
      per_page: { type: 'integer', title: 'Per page', minimum: 1, maximum: 100 },
    },
  };

  it('chooses a control for each setting', () => {
    const form = formOf(schema, {});
    expect(form.map((field) => [field.name, field.control.kind, field.required])).toEqual([
      ['connection', 'connection', true],
      ['only.ids', 'tags', false],
      ['mode', 'choice', false],
      ['per_page', 'number', false],
    ]);
    expect(formOf(undefined, {})).toEqual([]);
  });

  it('writes a value where the server keeps it, and takes out what is empty', () => {
    const step = { id: 'f', only: { ids: ['1'], since: '2024-01-01T00:00:00Z' } };
    expect(valueOf(step, ['only', 'ids'])).toEqual(['1']);
    expect(patchOf(step, ['only', 'ids'], [])).toEqual({ only: { since: '2024-01-01T00:00:00Z' } });
    expect(patchOf({ only: { ids: ['1'] } }, ['only', 'ids'], [])).toEqual({ only: undefined });
    expect(patchOf({}, ['mode'], 'upsert')).toEqual({ mode: 'upsert' });
  });
});

it('says where a step stands', () => {
  const graph = graphOf(LINE, LINE_EDGES);
  const step = graph.nodes[2];
  if (!step) throw new Error('no step');
  expect(spoken(step, graph, 1)).toBe('Map fields: m, 1 problem, step 3 of 4');
});
