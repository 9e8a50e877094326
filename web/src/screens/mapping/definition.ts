// A mapping as the server keeps it, and the Portal fields that it fills.

import { isObject } from '../builder/graph';

export type From = { readonly path: string } | { readonly constant: unknown } | { readonly template: string };

export type Otherwise = 'reject' | 'warn' | 'use-default';

export interface Conversion {
  readonly kind: string;
  readonly [option: string]: unknown;
}

export interface Rule {
  readonly kind: string;
  readonly otherwise?: Otherwise;
  readonly [option: string]: unknown;
}

/** A path of the same record or a constant; a value that is no object stands for itself. */
export type Fallback = { readonly path: string } | { readonly constant: unknown } | string | number | boolean | null | readonly unknown[];

export interface FieldRule {
  readonly to: string;
  readonly from: From;
  readonly convert?: readonly Conversion[];
  readonly default?: Fallback;
  readonly empty?: readonly string[];
  readonly rules?: readonly Rule[];
  readonly otherwise?: Otherwise;
  readonly reference?: { readonly resource: string };
}

export interface Definition {
  readonly entity: string;
  readonly fields: readonly FieldRule[];
}

export type TargetType =
  | 'text' | 'rich-text' | 'integer' | 'number' | 'boolean' | 'date-time' | 'email' | 'url' | 'list' | 'reference' | 'json';

export interface TargetField {
  readonly name: string;
  readonly label: string;
  readonly type: TargetType;
  readonly required: boolean;
  readonly unique: boolean;
  readonly maxLength: number | undefined;
  readonly personal: boolean;
}

export function readDefinition(document: unknown, entity: string): Definition {
  if (!isObject(document)) return { entity, fields: [] };
  const fields = Array.isArray(document['fields']) ? document['fields'].filter(isObject) : [];
  return { entity: typeof document['entity'] === 'string' ? document['entity'] : entity, fields: fields as unknown as FieldRule[] };
}

/** Portal's fields of an entity, as the destination's catalogue entry lists them. */
export function readTargets(resources: readonly Record<string, unknown>[], entity: string): TargetField[] {
  const resource = resources.find((one) => one['id'] === entity);
  const fields = Array.isArray(resource?.['fields']) ? (resource['fields'] as unknown[]) : [];
  return fields.filter(isObject).map((field) => {
    const name = String(field['name'] ?? '');
    const label = typeof field['label'] === 'string' && field['label'] !== '' ? field['label'] : labelOf(name);
    return {
      name,
      label,
      type: String(field['type'] ?? 'json') as TargetType,
      required: field['required'] === true,
      unique: field['unique'] === true,
      maxLength: typeof field['max_length'] === 'number' ? field['max_length'] : undefined,
      personal: field['personal'] === 'personal' || field['personal'] === 'sensitive',
    };
  });
}

const KNOWN_LABELS: Readonly<Record<string, string>> = {
  email: 'E-mail', url: 'Address (URL)', file_url: 'File address', avatar_url: 'Avatar address', mime_type: 'MIME type',
  profile_url: 'Profile address', author_email: 'Author’s e-mail', author_url: 'Author’s website', bytes: 'Size in bytes',
  alt_text: 'Alternative text',
};

export function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return KNOWN_LABELS[name] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

export const TYPE_WORDS: Readonly<Record<TargetType, string>> = {
  text: 'text', 'rich-text': 'rich text', integer: 'whole number', number: 'number', boolean: 'yes or no',
  'date-time': 'date and time', email: 'e-mail', url: 'web address', list: 'list', reference: 'link to a record',
  json: 'any value',
};

export interface Row {
  readonly target: TargetField;
  readonly rule: FieldRule | undefined;
  /** The mapping fills a field that Portal does not have. */
  readonly unknown: boolean;
}

/** One row for each Portal field, required ones first; then what the mapping fills and Portal does not have. */
export function rowsOf(definition: Definition, targets: readonly TargetField[]): Row[] {
  const rule = (name: string) => definition.fields.find((field) => field.to === name);
  const ordered = [...targets.filter((one) => one.required), ...targets.filter((one) => !one.required)];
  const known = new Set(targets.map((one) => one.name));
  const strange = definition.fields.filter((field) => !known.has(field.to));
  return [
    ...ordered.map((target) => ({ target, rule: rule(target.name), unknown: false })),
    ...strange.map((field) => ({ target: strangeTarget(field.to), rule: field, unknown: true })),
  ];
}

/** Takes the place of what was there; a mapping never has two rules for a field. */
export function put(definition: Definition, rule: FieldRule): Definition {
  const clean = withoutDefaults(rule);
  const known = definition.fields.some((field) => field.to === rule.to);
  if (!known) return { ...definition, fields: [...definition.fields, clean] };
  return { ...definition, fields: definition.fields.map((field) => (field.to === rule.to ? clean : field)) };
}

export function unmap(definition: Definition, to: string): Definition {
  return { ...definition, fields: definition.fields.filter((field) => field.to !== to) };
}

export function isPath(from: From): from is { path: string } {
  return 'path' in from;
}

export function isConstant(from: From): from is { constant: unknown } {
  return 'constant' in from;
}

export function isTemplate(from: From): from is { template: string } {
  return 'template' in from;
}

/** The default as a value or a path, whichever way it is written. */
export function fallbackOf(rule: FieldRule): { constant: unknown } | { path: string } | undefined {
  const { default: fallback } = rule;
  if (fallback === undefined) return undefined;
  if (isObject(fallback)) {
    const { path, constant } = fallback as { path?: unknown; constant?: unknown };
    return typeof path === 'string' ? { path } : { constant };
  }
  return { constant: fallback };
}

/** Paths that a rule reads, each alternative for itself. */
export function pathsOf(rule: FieldRule): string[] {
  const { from } = rule;
  const own = isPath(from) ? [from.path] : isTemplate(from) ? placeholders(from.template) : [];
  const fallback = fallbackOf(rule);
  if (fallback && 'path' in fallback) own.push(fallback.path);
  return own.flatMap((path) => path.split('|').map((way) => way.trim()));
}

export function usedPaths(definition: Definition): Set<string> {
  return new Set(definition.fields.flatMap(pathsOf));
}

/** `{first} {last}`; doubled braces are braces. */
export function placeholders(template: string): string[] {
  const found: string[] = [];
  const plain = template.replaceAll('{{', '\u0000').replaceAll('}}', '\u0001');
  for (const [, inside] of plain.matchAll(/\{([^{}]*)\}/g)) found.push((inside ?? '').trim());
  return found;
}

function withoutDefaults(rule: FieldRule): FieldRule {
  const entries = Object.entries(rule).filter(([key, value]) => {
    if (value === undefined) return false;
    if ((key === 'convert' || key === 'rules') && Array.isArray(value) && value.length === 0) return false;
    return !(key === 'otherwise' && value === 'reject');
  });
  return Object.fromEntries(entries) as unknown as FieldRule;
}

function strangeTarget(name: string): TargetField {
  return { name, label: labelOf(name), type: 'json', required: false, unique: false, maxLength: undefined, personal: false };
}
