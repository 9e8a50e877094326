// What steps are called, and what their cards say.

import { type Branch, type Graph, type Kind, type Step, flowOrder, isKind, isObject } from './graph';

export interface KindWords {
  readonly name: string;
  readonly group: string;
  readonly does: string;
}

export const KIND_WORDS: Readonly<Record<Kind, KindWords>> = {
  trigger: { name: 'Trigger', group: 'Start', does: 'Says when the scenario runs' },
  fetch: { name: 'Fetch', group: 'Read', does: 'Reads records from a connection' },
  filter: { name: 'Filter', group: 'Decide', does: 'Lets records through, or sends them another way' },
  map: { name: 'Map fields', group: 'Change', does: 'Makes Portal fields out of a source record' },
  write: { name: 'Write to Portal', group: 'Write', does: 'Creates or updates Portal records' },
};

export const BRANCH_WORDS: Readonly<Record<Branch, string>> = { matches: 'matches', otherwise: 'otherwise', failure: 'on failure' };

export const TRIGGERS: readonly { value: string; label: string; does: string }[] = [
  { value: 'manual', label: 'By hand', does: 'Somebody presses Run' },
  { value: 'webhook', label: 'Webhook', does: 'The site says that something changed' },
  { value: 'record-changed', label: 'Record changed', does: 'A record that is known changes' },
  { value: 'schedule', label: 'Schedule', does: 'At fixed times' },
];

/** Names of what a graph refers to. */
export interface Names {
  connection(id: string): string | undefined;
  resource(connection: string, id: string): string | undefined;
  entity(id: string): string | undefined;
  mapping(id: string): string | undefined;
}

export const NO_NAMES: Names = {
  connection: () => undefined,
  resource: () => undefined,
  entity: () => undefined,
  mapping: () => undefined,
};

export function kindName(kind: string): string {
  return isKind(kind) ? KIND_WORDS[kind].name : `Unknown step (${kind === '' ? 'no kind' : kind})`;
}

export function titleOf(step: Step): string {
  return step.name.trim() === '' ? kindName(step.kind) : step.name;
}

/** One line under a step's name. */
export function summaryOf(step: Step, names: Names): string {
  const text = (key: string) => (typeof step[key] === 'string' && step[key] !== '' ? step[key] : undefined);
  switch (step.kind) {
    case 'trigger':
      if (step['on'] === 'schedule' && text('cron') !== undefined) return `${text('cron')} (${text('zone') ?? 'UTC'})`;
      return TRIGGERS.find((trigger) => trigger.value === step['on'])?.does ?? 'When it runs is not chosen';
    case 'fetch': {
      const [connection, resource] = [text('connection'), text('resource')];
      if (connection === undefined) return 'No connection chosen';
      const from = names.connection(connection) ?? connection;
      return resource === undefined ? `From ${from}` : `${names.resource(connection, resource) ?? resource} of ${from}`;
    }
    case 'filter':
      return text('condition') ?? 'No condition yet';
    case 'map': {
      const id = mappingIdOf(step);
      return id === undefined ? 'No mapping chosen' : (names.mapping(id) ?? id);
    }
    case 'write': {
      const entity = text('entity');
      if (entity === undefined) return 'What to write is not chosen';
      return `${names.entity(entity) ?? entity}, ${MODE_WORDS[String(step['mode'] ?? 'upsert')] ?? 'create or update'}`;
    }
    default:
      return 'This release cannot run it';
  }
}

export const MODE_WORDS: Readonly<Record<string, string>> = {
  upsert: 'create or update',
  'create-only': 'only create',
  'update-only': 'only update',
};

export function mappingIdOf(step: Step): string | undefined {
  const mapping = step['mapping'];
  return isObject(mapping) && typeof mapping['id'] === 'string' ? mapping['id'] : undefined;
}

/** "Map fields: Post fields, 1 problem, step 4 of 7". */
export function spoken(step: Step, graph: Graph, problems: number, extra?: string): string {
  const order = flowOrder(graph);
  const parts = [`${kindName(step.kind)}: ${titleOf(step)}`];
  if (problems > 0) parts.push(problems === 1 ? '1 problem' : `${problems} problems`);
  if (extra !== undefined) parts.push(extra);
  parts.push(`step ${order.indexOf(step.id) + 1} of ${order.length}`);
  return parts.join(', ');
}

export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
}
