// What publishing changes, in words.

import { type Edge, type Graph, type Step, canonical, edgeKey, namedBranch, stepOf } from './graph';
import { onFailureWords } from './onFailure';
import { BRANCH_WORDS, type Names, TRIGGERS, MODE_WORDS, kindName, mappingIdOf, titleOf } from './words';

export interface Change {
  readonly what: 'added' | 'changed' | 'removed';
  readonly kind: string;
  readonly title: string;
  /** One sentence each. */
  readonly details: readonly string[];
}

export interface Diff {
  readonly steps: readonly Change[];
  readonly connections: readonly string[];
}

const SETTING_WORDS: Readonly<Record<string, string>> = {
  on: 'Starts',
  connection: 'Connection',
  resource: 'What to read',
  statuses: 'Statuses',
  only: 'Only',
  per_page: 'Records per page',
  condition: 'Condition',
  mapping: 'Mapping',
  entity: 'Portal record',
  match_by: 'Match by',
  on_missing_reference: 'When a reference is missing',
  mode: 'What may be done',
  on_failure: 'On failure',
};

const VALUE_WORDS: Readonly<Record<string, string>> = {
  ...MODE_WORDS,
  defer: 'write now, link later',
  fail: 'fail the record',
};

export function compare(before: Graph, now: Graph, names: Names): Diff {
  const steps: Change[] = [];
  for (const step of now.nodes) {
    const old = stepOf(before, step.id);
    if (!old) {
      steps.push({ what: 'added', kind: step.kind, title: titleOf(step), details: settingsOf(step, names) });
      continue;
    }
    const details = changes(old, step, names);
    if (details.length > 0) steps.push({ what: 'changed', kind: step.kind, title: titleOf(step), details });
  }
  for (const step of before.nodes) {
    if (!stepOf(now, step.id)) steps.push({ what: 'removed', kind: step.kind, title: titleOf(step), details: [] });
  }
  return { steps, connections: connections(before, now) };
}

export function isEmpty(diff: Diff): boolean {
  return diff.steps.length === 0 && diff.connections.length === 0;
}

/** Of a mapping that publishing pins anew: which, and from which revision to which. */
export interface Repinned {
  readonly mapping: string;
  readonly from: number;
  readonly to: number;
}

/** Publishing takes each mapping's newest revision; which of them that changes. */
export function repinned(before: Graph, now: Graph, newest: (mapping: string) => number | undefined): Repinned[] {
  const found = new Map<string, Repinned>();
  for (const step of now.nodes) {
    const id = mappingIdOf(step);
    const old = stepOf(before, step.id);
    if (id === undefined || !old || mappingIdOf(old) !== id) continue;
    const [from, to] = [revisionOf(old), revisionOf(step) ?? newest(id)];
    if (from !== undefined && to !== undefined && from !== to) found.set(id, { mapping: id, from, to });
  }
  return [...found.values()];
}

function revisionOf(step: Step): number | undefined {
  const revision = (step['mapping'] as { revision?: unknown } | undefined)?.revision;
  return typeof revision === 'number' ? revision : undefined;
}

function changes(old: Step, step: Step, names: Names): string[] {
  const details: string[] = [];
  if (old.name !== step.name) details.push(`Renamed from “${titleOf(old)}”.`);
  if (old.kind !== step.kind) return [...details, `Was ${kindName(old.kind)}, is ${kindName(step.kind)}.`];
  const keys = new Set([...Object.keys(old), ...Object.keys(step)]);
  for (const key of keys) {
    if (['id', 'name', 'kind', 'position'].includes(key)) continue;
    const [from, to] = [comparable(old, key), comparable(step, key)];
    if (canonical(from) === canonical(to)) continue;
    details.push(`${SETTING_WORDS[key] ?? key}: ${valueWords(old, key, names)} → ${valueWords(step, key, names)}.`);
  }
  return details;
}

/** A mapping's pinned revision is told apart from which mapping it is. */
function comparable(step: Step, key: string): unknown {
  const value = key === 'mapping' ? mappingIdOf(step) : step[key];
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}

function settingsOf(step: Step, names: Names): string[] {
  const keys = Object.keys(step).filter((key) => !['id', 'name', 'kind', 'position'].includes(key));
  return keys
    .filter((key) => step[key] !== '' && step[key] !== undefined)
    .map((key) => `${SETTING_WORDS[key] ?? key}: ${valueWords(step, key, names)}.`);
}

function valueWords(step: Step, key: string, names: Names): string {
  const value = step[key];
  if (key === 'mapping') {
    const id = mappingIdOf(step);
    return id === undefined ? 'none' : (names.mapping(id) ?? id);
  }
  if (key === 'on_failure') return onFailureWords(step);
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return 'none';
  if (key === 'connection') return names.connection(String(value)) ?? String(value);
  if (key === 'entity') return names.entity(String(value)) ?? String(value);
  if (key === 'resource') return names.resource(String(step['connection'] ?? ''), String(value)) ?? String(value);
  if (key === 'on') return TRIGGERS.find((trigger) => trigger.value === value)?.label ?? String(value);
  if (Array.isArray(value)) return value.map(String).join(', ');
  if (typeof value === 'object') return JSON.stringify(value);
  return VALUE_WORDS[String(value)] ?? String(value);
}

function connections(before: Graph, now: Graph): string[] {
  const [old, current] = [new Set(before.edges.map(edgeKey)), new Set(now.edges.map(edgeKey))];
  const both = (graph: Graph, id: string) => stepOf(before, id) !== undefined && stepOf(now, id) !== undefined && stepOf(graph, id);
  const told = (graph: Graph, edge: Edge, verb: string): string[] => {
    const [from, to] = [both(graph, edge.from), both(graph, edge.to)];
    if (!from || !to) return [];
    const named = namedBranch(graph, edge);
    const branch = named === undefined ? '' : ` (${BRANCH_WORDS[named]})`;
    return [`${titleOf(from)}${branch} ${verb} ${titleOf(to)}.`];
  };
  return [
    ...now.edges.filter((edge) => !old.has(edgeKey(edge))).flatMap((edge) => told(now, edge, 'now leads to')),
    ...before.edges.filter((edge) => !current.has(edgeKey(edge))).flatMap((edge) => told(before, edge, 'no longer leads to')),
  ];
}
