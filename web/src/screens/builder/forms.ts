// Forms from the JSON Schemas of the apps' catalogue entries. The schema says what a step may be set to; this says which
// control that is, and in what order.

import { isObject } from './graph';

export type Control =
  | { readonly kind: 'connection' }
  | { readonly kind: 'resource' }
  | { readonly kind: 'choice'; readonly options: readonly { value: string; label: string }[]; readonly preset: string | undefined }
  | { readonly kind: 'choices'; readonly options: readonly { value: string; label: string }[] | undefined }
  | { readonly kind: 'tags' }
  | { readonly kind: 'number'; readonly min: number | undefined; readonly max: number | undefined }
  | { readonly kind: 'switch' }
  | { readonly kind: 'text'; readonly multiline: boolean };

export interface FormField {
  /** Where the value stands in the step: `["only", "ids"]`. */
  readonly path: readonly string[];
  /** As problems name it. */
  readonly name: string;
  readonly title: string;
  readonly description: string | undefined;
  readonly required: boolean;
  readonly control: Control;
}

export interface Action {
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  readonly input: unknown;
}

/** Where this server keeps settings that a schema names otherwise; absent from a step: `fields`. */
const PLACES: Readonly<Record<string, readonly string[] | undefined>> = {
  ids: ['only', 'ids'],
  since: ['only', 'since'],
};
/** Known to the apps' schemas, and not a setting of a step: mappings decide which fields are read. */
const NOT_HERE = new Set(['fields']);

export function readActions(actions: readonly Record<string, unknown>[]): Action[] {
  return actions.map((action) => ({
    id: String(action['id'] ?? ''),
    name: String(action['name'] ?? ''),
    summary: String(action['summary'] ?? ''),
    input: action['input'],
  }));
}

/** What is known besides the schema: lists that come from the connection. */
export interface Lists {
  readonly statuses?: readonly string[] | undefined;
  readonly matchBy?: readonly { value: string; label: string }[] | undefined;
  readonly entities?: readonly { value: string; label: string }[] | undefined;
}

export function formOf(schema: unknown, lists: Lists): FormField[] {
  if (!isObject(schema) || !isObject(schema['properties'])) return [];
  const required = new Set(Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : []);
  return Object.entries(schema['properties'])
    .filter(([name, property]) => isObject(property) && !NOT_HERE.has(name))
    .map(([name, property]) => fieldOf(name, property as Record<string, unknown>, required.has(name), lists));
}

export function valueOf(step: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), step);
}

/** The patch for a step; empty values are taken out, and so is a group that nothing is left of. */
export function patchOf(step: Readonly<Record<string, unknown>>, path: readonly string[], value: unknown): Record<string, unknown> {
  const [first = '', second] = path;
  const kept = isEmpty(value) ? undefined : value;
  if (second === undefined) return { [first]: kept };
  const group = isObject(step[first]) ? step[first] : {};
  const entries = Object.entries({ ...group, [second]: kept }).filter(([, entry]) => entry !== undefined);
  return { [first]: entries.length === 0 ? undefined : Object.fromEntries(entries) };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

function fieldOf(name: string, property: Record<string, unknown>, required: boolean, lists: Lists): FormField {
  const path = PLACES[name] ?? [name];
  return {
    path,
    name: path.join('.'),
    title: typeof property['title'] === 'string' ? property['title'] : name,
    description: typeof property['description'] === 'string' ? property['description'] : undefined,
    required,
    control: controlOf(name, property, lists),
  };
}

function controlOf(name: string, property: Record<string, unknown>, lists: Lists): Control {
  if (name === 'connection') return { kind: 'connection' };
  if (name === 'resource') return { kind: 'resource' };
  if (name === 'statuses') return { kind: 'choices', options: lists.statuses?.map((value) => ({ value, label: value })) };
  if (name === 'match_by') return { kind: 'choices', options: lists.matchBy };
  if (name === 'entity' && lists.entities) return { kind: 'choice', options: lists.entities, preset: undefined };
  if (Array.isArray(property['enum'])) {
    const options = property['enum'].map((value) => ({ value: String(value), label: words(String(value)) }));
    return { kind: 'choice', options, preset: typeof property['default'] === 'string' ? property['default'] : undefined };
  }
  switch (property['type']) {
    case 'array':
      return { kind: 'tags' };
    case 'integer':
    case 'number':
      return { kind: 'number', min: numberOf(property['minimum']), max: numberOf(property['maximum']) };
    case 'boolean':
      return { kind: 'switch' };
    default:
      return { kind: 'text', multiline: (numberOf(property['maxLength']) ?? 0) > 500 };
  }
}

const VALUE_WORDS: Readonly<Record<string, string>> = {
  upsert: 'Create or update', 'create-only': 'Only create', 'update-only': 'Only update',
  defer: 'Write now, link when it arrives', fail: 'Let the record fail',
};

function words(value: string): string {
  const plain = value.replaceAll(/[-_]/g, ' ');
  return VALUE_WORDS[value] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
