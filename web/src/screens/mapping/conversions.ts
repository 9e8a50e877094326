// Conversions and checks in words, which of them fit, and what they need to know.

import type { Conversion, FieldRule, Otherwise, Rule, TargetField, TargetType } from './definition';
import type { ValueType } from './tree';

export interface Option {
  readonly key: string;
  readonly label: string;
  readonly input: 'text' | 'number' | 'table' | 'values' | 'zone';
  readonly required: boolean;
  readonly hint?: string;
}

interface Kind {
  readonly label: string;
  readonly hint: string;
  readonly fresh: Conversion;
  readonly options: readonly Option[];
  readonly words: (step: Conversion) => string;
}

const text = (key: string, label: string, hint?: string): Option => ({ key, label, input: 'text', required: true, ...(hint ? { hint } : {}) });

export const CONVERSIONS: Readonly<Record<string, Kind>> = {
  'html-to-text': plain('HTML to text', 'Takes out tags; entities become characters'),
  'html-sanitise': plain('Clean HTML', 'Keeps formatting, takes out scripts and styles'),
  'decode-entities': plain('Decode entities', 'Turns &amp; into &, nothing else'),
  trim: plain('Trim spaces', 'Takes spaces off both ends'),
  'lower-case': plain('Lower case', 'ADA becomes ada'),
  'upper-case': plain('Upper case', 'ada becomes ADA'),
  slug: plain('Slug', 'Salt & Pepper becomes salt-pepper'),
  truncate: {
    label: 'Shorten', hint: 'Cuts at a number of characters', fresh: { kind: 'truncate', max: 200 },
    options: [{ key: 'max', label: 'At most, in characters', input: 'number', required: true }],
    words: (step) => `shorten to ${Number(step['max'] ?? 0).toLocaleString('en')}`,
  },
  replace: {
    label: 'Replace text', hint: 'Every occurrence', fresh: { kind: 'replace', from: '', to: '' },
    options: [text('from', 'Text to replace'), { key: 'to', label: 'With', input: 'text', required: false }],
    words: (step) => `replace “${String(step['from'] ?? '')}”`,
  },
  text: plain('To text', '7 becomes "7"'),
  number: plain('To number', '"3.5" becomes 3.5'),
  integer: plain('To whole number', '"7" becomes 7'),
  boolean: plain('To yes or no', '1, "yes" and true become yes'),
  'date-time': {
    label: 'To date and time', hint: 'Becomes UTC', fresh: { kind: 'date-time', zone: 'utc' },
    options: [
      { key: 'zone', label: 'Time zone of values without one', input: 'zone', required: true },
      { key: 'format', label: 'Format', input: 'text', required: false, hint: 'Empty for ISO 8601; else like %d.%m.%Y %H:%M' },
    ],
    words: (step) => `date and time (${zoneWords(String(step['zone'] ?? ''))})`,
  },
  first: plain('First of the list', 'One entry instead of the list'),
  join: {
    label: 'Join the list', hint: 'One text out of all entries', fresh: { kind: 'join', with: ', ' },
    options: [{ key: 'with', label: 'Put between', input: 'text', required: false }],
    words: (step) => `join with “${String(step['with'] ?? '')}”`,
  },
  split: {
    label: 'Split into a list', hint: 'At every occurrence of a text', fresh: { kind: 'split', by: ',' },
    options: [text('by', 'Split at')], words: (step) => `split at “${String(step['by'] ?? '')}”`,
  },
  each: {
    label: 'Each entry of the list', hint: 'Converts every entry', fresh: { kind: 'each', convert: [{ kind: 'text' }] },
    options: [], words: (step) => `each: ${chainWords(step['convert'] as Conversion[] | undefined)}`,
  },
  lookup: {
    label: 'Look up in a table', hint: 'publish becomes published', fresh: { kind: 'lookup', table: {} },
    options: [
      { key: 'table', label: 'Table', input: 'table', required: true },
      { key: 'otherwise', label: 'Everything else becomes', input: 'text', required: false, hint: 'Empty: a value that is not in the table fails' },
    ],
    words: (step) => `look up (${Object.keys((step['table'] as object | undefined) ?? {}).length} entries)`,
  },
  'role-map': {
    label: 'Translate roles', hint: 'A role that is not listed becomes no role', fresh: { kind: 'role-map', map: {} },
    options: [
      { key: 'map', label: 'Roles', input: 'table', required: true },
      { key: 'otherwise', label: 'Every other role becomes', input: 'text', required: false, hint: 'Empty: no role' },
    ],
    words: () => 'translate roles',
  },
};

const RULES: Readonly<Record<string, { label: string; fresh: Rule; options: readonly Option[]; words: (rule: Rule) => string }>> = {
  required: rule('Must have a value'),
  email: rule('Must be an e-mail address'),
  url: rule('Must be a web address'),
  unique: rule('Must be unique'),
  length: {
    label: 'Length', fresh: { kind: 'length', max: 200 },
    options: [
      { key: 'min', label: 'At least', input: 'number', required: false },
      { key: 'max', label: 'At most', input: 'number', required: false },
    ],
    words: (one) => between(one, 'characters'),
  },
  range: {
    label: 'Range', fresh: { kind: 'range', min: 0 },
    options: [
      { key: 'min', label: 'From', input: 'number', required: false },
      { key: 'max', label: 'To', input: 'number', required: false },
    ],
    words: (one) => between(one, ''),
  },
  'one-of': {
    label: 'One of these', fresh: { kind: 'one-of', values: [] },
    options: [{ key: 'values', label: 'Allowed values', input: 'values', required: true }],
    words: (one) => `one of ${((one['values'] as unknown[] | undefined) ?? []).length} values`,
  },
  pattern: {
    label: 'Matches a pattern', fresh: { kind: 'pattern', pattern: '^.+$' },
    options: [text('pattern', 'Pattern', 'A regular expression; ^…$ for the whole text')],
    words: (one) => `matches ${String(one['pattern'] ?? '')}`,
  },
  type: { label: 'Is of its type', fresh: { kind: 'type', is: 'text' }, options: [], words: (one) => `is ${String(one['is'] ?? '')}` },
};

export { RULES };

export const OTHERWISE_WORDS: Readonly<Record<Otherwise, string>> = {
  reject: 'the record fails',
  warn: 'a warning is kept',
  'use-default': 'the default is used',
};

export function chainWords(chain: readonly Conversion[] | undefined): string {
  if (!chain || chain.length === 0) return 'As is';
  const words = chain.map((step) => CONVERSIONS[step.kind]?.words(step) ?? step.kind).join(', then ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The checks of a rule and those that Portal makes by itself. */
export function checkWords(rule: FieldRule | undefined, target: TargetField): string {
  const own = (rule?.rules ?? []).map((one) => RULES[one.kind]?.words(one) ?? one.kind);
  const says = (kind: string) => rule?.rules?.some((one) => one.kind === kind) === true;
  if (target.required && !says('required')) own.unshift('required');
  if (target.maxLength !== undefined && !says('length')) own.push(`at most ${target.maxLength.toLocaleString('en')}`);
  if (own.length === 0) return 'No check';
  const words = own.join(', ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Conversions that make a kind of value fit a field; empty when it fits as it is. */
export function fitting(from: ValueType, target: TargetField, zone: string): Conversion[] {
  const single = from === 'list' && !['list', 'reference', 'json'].includes(target.type);
  const list: Conversion[] = single ? [target.type === 'text' ? { kind: 'join', with: ', ' } : { kind: 'first' }] : [];
  return [...list, ...toType(single ? 'text' : from, target, zone)];
}

/** Whether a value of this kind could stand in the field without a conversion. */
export function fitsAsIs(from: ValueType, type: TargetType): boolean {
  if (from === 'empty' || type === 'json') return true;
  switch (type) {
    case 'text':
    case 'rich-text':
      return !['number', 'yes/no', 'list', 'group'].includes(from);
    case 'date-time':
      return false;
    case 'integer':
    case 'number':
      return from === 'number';
    case 'boolean':
      return from === 'yes/no';
    case 'email':
      return from === 'e-mail';
    case 'url':
      return from === 'web address';
    case 'list':
      return from === 'list';
    case 'reference':
      return from === 'number' || from === 'text';
  }
}

function toType(from: ValueType, target: TargetField, zone: string): Conversion[] {
  switch (target.type) {
    case 'text': {
      const made: Conversion[] = from === 'html' ? [{ kind: 'html-to-text' }] : from === 'number' || from === 'yes/no' ? [{ kind: 'text' }] : [];
      return target.maxLength === undefined ? made : [...made, { kind: 'truncate', max: target.maxLength }];
    }
    case 'rich-text':
      return from === 'number' || from === 'yes/no' ? [{ kind: 'text' }] : [{ kind: 'html-sanitise' }];
    case 'date-time':
      return [{ kind: 'date-time', zone: from === 'date-time without zone' ? zone : 'utc' }];
    case 'integer':
      return from === 'number' ? [] : [{ kind: 'integer' }];
    case 'number':
      return from === 'number' ? [] : [{ kind: 'number' }];
    case 'boolean':
      return from === 'yes/no' ? [] : [{ kind: 'boolean' }];
    case 'email':
      return [{ kind: 'trim' }, { kind: 'lower-case' }];
    case 'url':
      return [{ kind: 'trim' }];
    case 'list':
      return from === 'list' || from === 'empty' ? [] : [{ kind: 'split', by: ',' }];
    default:
      return [];
  }
}

export function zoneWords(zone: string): string {
  if (zone === 'utc' || zone === 'UTC') return 'UTC';
  return zone === 'offset-in-value' ? 'zone in the value' : zone;
}

function plain(label: string, hint: string): Kind {
  return {
    label, hint, fresh: { kind: '' }, options: [],
    words: () => label.charAt(0).toLowerCase() + label.slice(1),
  };
}

/** What a newly added conversion is set to. */
export function freshConversion(kind: string): Conversion {
  return { ...CONVERSIONS[kind]?.fresh, kind };
}

function rule(label: string) {
  return { label, fresh: { kind: '' } as Rule, options: [], words: () => label.charAt(0).toLowerCase() + label.slice(1) };
}

export function freshRule(kind: string): Rule {
  return { ...RULES[kind]?.fresh, kind };
}

function between(one: Rule, noun: string): string {
  const [min, max] = [one['min'], one['max']];
  const words = [
    typeof min === 'number' ? `at least ${min.toLocaleString('en')}` : '',
    typeof max === 'number' ? `at most ${max.toLocaleString('en')}` : '',
  ].filter((part) => part !== '');
  return `${words.join(' and ') || 'no limit'} ${noun}`.trim();
}
