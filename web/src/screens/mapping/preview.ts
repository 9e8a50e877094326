// What to ask the server's engine, and what its answer means for each row. Nothing is computed here: what a row shows
// is what a run would do.

import { type Definition, type FieldRule, type TargetField, type TargetType, put, unmap } from './definition';

export interface Trouble {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface FieldProblem extends Trouble {
  readonly field: string;
}

export interface Reference {
  readonly field: string;
  readonly resource: string;
  readonly external_id: string;
}

export interface RecordPreview {
  readonly id: string;
  readonly record: Record<string, unknown>;
  readonly fields: Record<string, unknown>;
  readonly references: readonly Reference[];
  readonly provenance: readonly { readonly field: string; readonly defaulted: boolean; readonly source_path?: string | null }[];
  readonly warnings: readonly FieldProblem[];
  readonly rejects: readonly FieldProblem[];
}

export interface Cell {
  readonly value: unknown;
  /** The field is not written at all: its source is missing. */
  readonly left: boolean;
  readonly defaulted: boolean;
  readonly references: readonly Reference[];
  readonly error: Trouble | undefined;
  readonly warning: Trouble | undefined;
}

/** What is wrong with the mapping itself, by Portal field; `''` holds what belongs to none. */
export type Faults = ReadonlyMap<string, Trouble>;

export function faultsOf(problems: readonly Record<string, unknown>[]): Map<string, Trouble> {
  const faults = new Map<string, Trouble>();
  for (const problem of problems) {
    const field = fieldOf(problem['field']);
    if (faults.has(field)) continue;
    faults.set(field, {
      code: String(problem['code'] ?? ''),
      message: String(problem['detail'] ?? problem['message'] ?? ''),
      remedy: String(problem['remedy'] ?? ''),
    });
  }
  return faults;
}

/**
 * The same mapping without the rows that cannot be read, so that the others keep showing their result. Required fields
 * that are missing get a stand-in, which is never shown: their rows show the fault.
 */
export function withoutFaults(definition: Definition, faults: Faults, targets: readonly TargetField[]): Definition {
  let sound = definition;
  for (const field of faults.keys()) sound = unmap(sound, field);
  for (const target of targets) {
    const missing = target.required && !sound.fields.some((field) => field.to === target.name);
    if (missing) sound = put(sound, standIn(target));
  }
  return sound;
}

export function cellOf(preview: RecordPreview | undefined, to: string, rule: FieldRule | undefined, fault: Trouble | undefined): Cell | undefined {
  if (fault) return { value: undefined, left: false, defaulted: false, references: [], error: fault, warning: undefined };
  if (!preview || !rule) return undefined;
  const mine = (problem: { field: string }) => problem.field === to || problem.field.startsWith(`${to}[`);
  const references = preview.references.filter(mine);
  return {
    value: preview.fields[to],
    left: !(to in preview.fields) && references.length === 0,
    defaulted: preview.provenance.find((one) => one.field === to)?.defaulted === true,
    references,
    error: preview.rejects.find(mine),
    warning: preview.warnings.find(mine),
  };
}

/** How many fields of a record fail. */
export function failing(preview: RecordPreview, faults: Faults): number {
  return new Set([...preview.rejects.map((problem) => problem.field), ...faults.keys()]).size;
}

export function summary(preview: RecordPreview | undefined, faults: Faults): { ok: boolean; words: string } {
  const count = preview ? failing(preview, faults) : faults.size;
  if (count > 0) return { ok: false, words: count === 1 ? '1 field would fail' : `${count} fields would fail` };
  return { ok: true, words: 'This record would be saved' };
}

function fieldOf(field: unknown): string {
  const text = typeof field === 'string' ? field : '';
  return text === 'entity' || text === 'definition' ? '' : text.replace(/^definition\.(fields\.)?/, '');
}

const STAND_INS: Readonly<Record<TargetType, unknown>> = {
  text: '-', 'rich-text': '-', integer: 0, number: 0, boolean: false, 'date-time': '2000-01-01T00:00:00Z',
  email: 'nobody@example.org', url: 'https://example.org/', list: ['-'], reference: '0', json: {},
};

function standIn(target: TargetField): FieldRule {
  const reference = target.type === 'reference' ? { reference: { resource: 'users' } } : {};
  return { to: target.name, from: { constant: STAND_INS[target.type] }, ...reference };
}
