// The fields of one real record, as a tree: path, kind of value, and the value itself in short.

import { isObject } from '../builder/graph';

export type ValueType =
  | 'text' | 'html' | 'number' | 'yes/no' | 'date-time' | 'date-time without zone' | 'e-mail' | 'web address'
  | 'list' | 'group' | 'empty';

export interface SourceField {
  /** As a mapping writes it: `title.raw`, `avatar_urls["96"]`. */
  readonly path: string;
  /** The last part of the path. */
  readonly name: string;
  readonly type: ValueType;
  readonly value: unknown;
  /** The value in one short line. */
  readonly shown: string;
  readonly children: readonly SourceField[];
}

const SHOWN_MAX = 120;
const DEPTH_MAX = 6;
const CHILDREN_MAX = 300;
const ENTRIES_MAX = 3;

export function treeOf(record: unknown): SourceField[] {
  return isObject(record) ? fieldsOf(record, '', 0) : [];
}

/** Every field that can be chosen, in the order of the tree. */
export function flat(fields: readonly SourceField[]): SourceField[] {
  return fields.flatMap((field) => [field, ...flat(field.children)]);
}

/** Fields that say something by themselves: no groups, and no entries of lists. */
export function choices(fields: readonly SourceField[]): SourceField[] {
  return fields.flatMap((field): SourceField[] => {
    if (field.type === 'group') return choices(field.children);
    return [field];
  });
}

/** Keeps what matches by name or value, with the groups it is in; a group that matches keeps everything in it. */
export function search(fields: readonly SourceField[], query: string, keep: (field: SourceField) => boolean): SourceField[] {
  const wanted = query.trim().toLowerCase();
  const hit = (field: SourceField) =>
    wanted === '' || field.path.toLowerCase().includes(wanted) || field.shown.toLowerCase().includes(wanted);
  const visit = (list: readonly SourceField[]): SourceField[] =>
    list.flatMap((field) => {
      const isGroup = field.type === 'group';
      const inside = visit(field.children);
      if (inside.length > 0) return [{ ...field, children: inside }];
      return !isGroup && hit(field) && keep(field) ? [{ ...field, children: [] }] : [];
    });
  return visit(fields);
}

/** The value at a path with alternatives, as the engine reads it: the first that is there and not null. */
export function valueAt(record: unknown, path: string): unknown {
  let nothing: unknown;
  for (const way of path.split('|')) {
    const value = read(record, way.trim());
    if (value !== undefined && value !== null) return value;
    if (value === null) nothing = null;
  }
  return nothing;
}

export function typeOf(value: unknown, name = ''): ValueType {
  if (value === null || value === undefined || value === '') return 'empty';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'group';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'yes/no';
  return textType(String(value), name);
}

export function shownOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (value === '') return 'empty text';
  if (Array.isArray(value)) return value.length === 0 ? 'empty list' : short(value.map(entryOf).join(', '));
  if (typeof value === 'object') return short(JSON.stringify(value));
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return short(String(value));
}

/** A part of a path, quoted where its name needs it. */
export function join(path: string, key: string): string {
  const plain = /^[^.[\]"{}|]+$/.test(key) && key === key.trim();
  if (!plain) return `${path}["${key}"]`;
  return path === '' ? key : `${path}.${key}`;
}

function fieldsOf(record: Record<string, unknown>, path: string, depth: number): SourceField[] {
  const entries = Object.entries(record).slice(0, CHILDREN_MAX);
  return entries.filter(([key]) => !key.includes('"')).map(([key, value]) => field(join(path, key), key, value, depth));
}

function field(path: string, name: string, value: unknown, depth: number): SourceField {
  const type = typeOf(value, name);
  const children = depth >= DEPTH_MAX ? [] : childrenOf(path, value, depth);
  return { path, name, type, value, shown: shownOf(value), children };
}

function childrenOf(path: string, value: unknown, depth: number): SourceField[] {
  if (isObject(value)) return fieldsOf(value, path, depth + 1);
  if (!Array.isArray(value) || !value.some(isObject)) return [];
  return value.slice(0, ENTRIES_MAX).map((entry, n) => field(`${path}[${n}]`, `[${n}]`, entry, depth + 1));
}

const TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;

function textType(text: string, name: string): ValueType {
  const time = TIME.exec(text);
  if (time) return time[3] === undefined && !name.endsWith('_gmt') ? 'date-time without zone' : 'date-time';
  if (/^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(text)) return 'e-mail';
  if (/^https?:\/\/\S+$/.test(text)) return 'web address';
  return /<\/?[a-z][^>]*>|&(#\d+|[a-z]+);/i.test(text) ? 'html' : 'text';
}

function entryOf(entry: unknown): string {
  if (!isObject(entry)) return entry === null ? 'nothing' : String(entry);
  const name = entry['name'] ?? entry['title'] ?? entry['id'];
  return typeof name === 'string' || typeof name === 'number' ? String(name) : '{…}';
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > SHOWN_MAX ? `${line.slice(0, SHOWN_MAX)}…` : line;
}

function read(record: unknown, path: string): unknown {
  let value: unknown = record;
  for (const step of stepsOf(path)) {
    if (typeof step === 'number') value = Array.isArray(value) ? value[step] : undefined;
    else value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

function stepsOf(path: string): (string | number)[] {
  const steps: (string | number)[] = [];
  for (const [, name, quoted, index] of path.matchAll(/([^.[\]]+)|\["([^"]*)"\]|\[(\d+)\]/g)) {
    if (name !== undefined) steps.push(name);
    else if (quoted !== undefined) steps.push(quoted);
    else steps.push(Number(index));
  }
  return steps;
}
