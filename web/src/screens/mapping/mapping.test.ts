import { describe, expect, it } from 'vitest';
import { chainWords, checkWords, fitting } from './conversions';
import { type Definition, pathsOf, placeholders, put, readTargets, rowsOf, unmap, usedPaths } from './definition';
import { compare } from './diff';
import { type RecordPreview, cellOf, failing, faultsOf, summary, withoutFaults } from './preview';
import { mapByName, ruleFrom } from './suggest';
import { choices, flat, join, search, treeOf, valueAt } from './tree';

const RECORD = {
  id: 1211,
  title: { raw: 'New <b>pricing</b>', rendered: 'New &amp; pricing' },
  date: '2026-11-21T15:02:00',
  date_gmt: '2026-11-21T14:02:00',
  link: 'https://blog.example.org/new-pricing/',
  author_email: '',
  tags: [3, 4],
  avatar_urls: { '96': 'https://a.example/96', 'a.b': 1 },
  blocks: [{ name: 'core/quote', text: 'x' }],
};

const TARGETS = readTargets(
  [
    {
      id: 'post',
      fields: [
        { name: 'slug', type: 'text', label: '', max_length: 200 },
        { name: 'title', type: 'text', label: '', required: true, max_length: 1000 },
        { name: 'url', type: 'url', label: '' },
        { name: 'author_email', type: 'email', label: '' },
        { name: 'published_at', type: 'date-time', label: '' },
        { name: 'author', type: 'reference', label: '' },
      ],
    },
  ],
  'post',
);
const target = (name: string) => {
  const found = TARGETS.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return found;
};
const EMPTY: Definition = { entity: 'post', fields: [] };

describe('the source tree', () => {
  const tree = treeOf(RECORD);
  const at = (path: string) => flat(tree).find((field) => field.path === path);

  it('names kinds of values and writes paths as the engine reads them', () => {
    expect(at('title.raw')?.type).toBe('html');
    expect(at('date')?.type).toBe('date-time without zone');
    expect(at('date_gmt')?.type).toBe('date-time');
    expect(at('author_email')?.type).toBe('empty');
    expect(at('tags')).toMatchObject({ type: 'list', shown: '3, 4' });
    expect(at('avatar_urls["a.b"]')?.type).toBe('number');
    expect(at('blocks[0].name')?.shown).toBe('core/quote');
    expect([join('a', 'b c'), join('a', 'b|c'), join('', 'x.y')]).toEqual(['a.b c', 'a["b|c"]', '["x.y"]']);
  });

  it('finds by name and by value, with the groups around', () => {
    expect(flat(search(tree, 'pricing/', () => true)).map((field) => field.path)).toEqual(['link']);
    expect(flat(search(tree, 'rendered', () => true)).map((field) => field.path)).toEqual(['title', 'title.rendered']);
    expect(search(tree, 'no such thing', () => true)).toEqual([]);
    expect(flat(search(tree, '', (field) => field.path === 'id')).map((field) => field.path)).toEqual(['id']);
  });

  it('reads values as the engine does: the first alternative that is there', () => {
    expect(valueAt(RECORD, 'title.gone|title.raw')).toBe('New <b>pricing</b>');
    expect(valueAt(RECORD, 'avatar_urls["96"]')).toBe('https://a.example/96');
    expect(valueAt(RECORD, 'blocks[0].text')).toBe('x');
    expect(valueAt(RECORD, 'constructor')).toBeUndefined();
    expect(choices(tree).map((field) => field.path)).not.toContain('title');
  });

  it('bears records that are none', () => {
    expect(treeOf(null)).toEqual([]);
    expect(treeOf([1])).toEqual([]);
  });
});

describe('rows', () => {
  it('come with required fields first, and with what Portal does not have last', () => {
    const definition = put(put(EMPTY, { to: 'colour', from: { path: 'c' } }), { to: 'slug', from: { path: 'slug' } });
    const rows = rowsOf(definition, TARGETS);
    expect(rows.map((row) => row.target.name)).toEqual(['title', 'slug', 'url', 'author_email', 'published_at', 'author', 'colour']);
    expect(rows.at(-1)?.unknown).toBe(true);
    expect(rows[1]?.rule?.from).toEqual({ path: 'slug' });
  });

  it('are replaced, never doubled', () => {
    const twice = put(put(EMPTY, { to: 'title', from: { path: 'a' } }), { to: 'title', from: { path: 'b' }, convert: [], otherwise: 'reject' });
    expect(twice.fields).toEqual([{ to: 'title', from: { path: 'b' } }]);
    expect(unmap(twice, 'title').fields).toEqual([]);
  });

  it('know what they read', () => {
    const rule = { to: 'title', from: { template: '{first} {last} {{x}}' }, default: { path: 'slug' } };
    expect(pathsOf(rule)).toEqual(['first', 'last', 'slug']);
    expect(placeholders('{{a}} {b}')).toEqual(['b']);
    expect(usedPaths(put(EMPTY, { to: 'title', from: { path: 'title.raw|title.rendered' } })).has('title.rendered')).toBe(true);
  });
});

describe('conversions that fit', () => {
  it('follow the kind of value and the field', () => {
    expect(fitting('html', target('title'), 'utc')).toEqual([{ kind: 'html-to-text' }, { kind: 'truncate', max: 1000 }]);
    expect(fitting('date-time without zone', target('published_at'), 'Europe/Berlin')).toEqual([{ kind: 'date-time', zone: 'Europe/Berlin' }]);
    expect(fitting('date-time', target('published_at'), 'Europe/Berlin')).toEqual([{ kind: 'date-time', zone: 'utc' }]);
    expect(fitting('list', target('title'), 'utc')[0]).toEqual({ kind: 'join', with: ', ' });
    expect(fitting('list', target('url'), 'utc')[0]).toEqual({ kind: 'first' });
  });

  it('are told in words', () => {
    expect(chainWords([{ kind: 'html-to-text' }, { kind: 'truncate', max: 1000 }])).toBe('HTML to text, then shorten to 1,000'.replace('HTML', 'HTML'));
    expect(chainWords([])).toBe('As is');
    expect(checkWords(undefined, target('title'))).toBe('Required, at most 1,000');
  });
});

describe('map by name', () => {
  const tree = treeOf(RECORD);

  it('fills empty rows only', () => {
    const before = put(EMPTY, { to: 'title', from: { constant: 'Mine' } });
    const { definition, filled } = mapByName(before, TARGETS, RECORD, tree, undefined, 'Europe/Berlin');
    expect(filled).toEqual(['url', 'author_email', 'published_at']);
    expect(definition.fields[0]?.from).toEqual({ constant: 'Mine' });
    expect(definition.fields.find((field) => field.to === 'url')?.from).toEqual({ path: 'link' });
  });

  it('takes the ready-made rule where its source is there', () => {
    const ready: Definition = {
      entity: 'post',
      fields: [{ to: 'title', from: { path: 'title.raw' }, convert: [{ kind: 'trim' }] }, { to: 'slug', from: { path: 'gone' } }],
    };
    const { definition, filled } = mapByName(EMPTY, TARGETS, RECORD, tree, ready, 'utc');
    expect(definition.fields.find((field) => field.to === 'title')?.convert).toEqual([{ kind: 'trim' }]);
    expect(filled).not.toContain('slug');
  });

  it('keeps the default and the checks of a row whose source is replaced', () => {
    const before = { to: 'title', from: { path: 'a' }, default: 'Untitled', rules: [{ kind: 'required' }] };
    const link = flat(tree).find((field) => field.path === 'link');
    expect(ruleFrom('link', link, target('title'), before, 'utc')).toMatchObject({ from: { path: 'link' }, default: 'Untitled', rules: [{ kind: 'required' }] });
    expect(ruleFrom('id', flat(tree)[0], target('author'), undefined, 'utc').reference).toEqual({ resource: 'users' });
  });
});

describe('what the engine answers', () => {
  const preview: RecordPreview = {
    id: '1211', record: RECORD, fields: { title: 'Untitled' }, references: [{ field: 'tags[0]', resource: 'tags', external_id: '3' }],
    provenance: [{ field: 'title', defaulted: true }], warnings: [],
    rejects: [{ code: 'REQUIRED', field: 'author_email', message: 'must not be empty', remedy: 'fill it' }],
  };
  const rule = { to: 'x', from: { path: 'x' } };

  it('becomes the result of each row', () => {
    expect(cellOf(preview, 'title', rule, undefined)).toMatchObject({ value: 'Untitled', defaulted: true, left: false });
    expect(cellOf(preview, 'author_email', rule, undefined)?.error?.code).toBe('REQUIRED');
    expect(cellOf(preview, 'tags', rule, undefined)?.references).toHaveLength(1);
    expect(cellOf(preview, 'gone', rule, undefined)?.left).toBe(true);
    expect(cellOf(preview, 'title', undefined, undefined)).toBeUndefined();
  });

  it('sums up', () => {
    expect(summary(preview, new Map())).toEqual({ ok: false, words: '1 field would fail' });
    expect(summary({ ...preview, rejects: [] }, new Map())).toEqual({ ok: true, words: 'This record would be saved' });
    expect(failing(preview, faultsOf([{ field: 'url', code: 'TYPE_MISMATCH', detail: 'no', remedy: '' }]))).toBe(2);
  });

  it('is asked without the rows that cannot be read, so that the others still answer', () => {
    const broken = put(put(EMPTY, { to: 'url', from: { path: 'a..b' } }), { to: 'slug', from: { path: 'slug' } });
    const faults = faultsOf([{ field: 'url', code: 'INVALID_PATH', detail: 'cannot be read', remedy: 'correct it' }]);
    const sound = withoutFaults(broken, faults, TARGETS);
    expect(sound.fields.map((field) => field.to)).toEqual(['slug', 'title']);
    expect(cellOf(undefined, 'url', rule, faults.get('url'))?.error?.message).toBe('cannot be read');
  });
});

it('tells what a new revision does differently', () => {
  const before: Definition = { entity: 'post', fields: [{ to: 'title', from: { path: 'title.raw' } }, { to: 'slug', from: { path: 'slug' } }] };
  const now: Definition = { entity: 'post', fields: [{ to: 'title', from: { path: 'title.rendered' }, default: 'Untitled' }, { to: 'url', from: { path: 'link' } }] };
  expect(compare(before, now)).toEqual([
    'Title comes from title.rendered instead of title.raw.',
    'Title, if empty: "Untitled" (was: nothing).',
    'Address (URL) now comes from link.',
    'Slug is no longer filled.',
  ]);
});
