// The server's rules that can be judged here, under the same ids and with the same words, so that a problem shows the
// moment it is made. The server's own answer comes a little later and replaces this one.

import { checkFlow } from './flowRules';
import { type Graph, type Step, isKind, isObject } from './graph';
import { TIMES_MAX, WAIT_MAX, retryOf } from './onFailure';
import { checkShape } from './shapeRules';

export interface Problem {
  readonly code: string;
  readonly level: 'error' | 'warning';
  readonly node?: string | undefined;
  readonly field?: string | undefined;
  readonly message: string;
  readonly remedy: string;
}

/** What the browser knows of the installation; lists that are not loaded yet are absent, and nothing is said then. */
export interface Known {
  readonly connections: ReadonlyMap<string, ConnectionFacts> | undefined;
  readonly mappings: ReadonlyMap<string, MappingFacts> | undefined;
}

export interface ConnectionFacts {
  readonly name: string;
  readonly app: string;
  readonly notReady: string | undefined;
  /** What can be read; `undefined` while it is not known. */
  readonly resources: readonly string[] | undefined;
  /** What can be written; empty for a connection that takes nothing. */
  readonly entities: readonly string[] | undefined;
}

export interface MappingFacts {
  readonly name: string;
  readonly app: string;
  readonly resource: string;
  readonly entity: string;
}

export const NODES_MAX = 200;
export const EDGES_MAX = 1_000;
const PER_PAGE_MAX = 100;
const IDS_MAX = 1_000;

export function check(graph: Graph, known: Known): Problem[] {
  if (graph.nodes.length > NODES_MAX) return [tooMany('TOO_MANY_NODES', NODES_MAX, 'steps')];
  if (graph.edges.length > EDGES_MAX) return [tooMany('TOO_MANY_EDGES', EDGES_MAX, 'connections between steps')];
  const { shape, problems } = checkShape(graph);
  for (const step of graph.nodes) checkSettings(step, known, problems);
  if (shape) checkFlow(graph, shape, known, problems);
  return problems;
}

export function errorsOf(problems: readonly Problem[]): Problem[] {
  return problems.filter((problem) => problem.level === 'error');
}

export function whole(code: string, message: string, remedy: string): Problem {
  return { code, level: 'error', message, remedy };
}

export function of(node: string, code: string, message: string, remedy: string, field?: string): Problem {
  return { ...whole(code, message, remedy), node, field };
}

/**
 * Codes that only the server finds: it reads conditions and compiles mappings. They are kept from its last answer until
 * the next one, for steps that did not change since.
 */
export function merge(local: readonly Problem[], server: ServerAnswer | undefined, graph: Graph): Problem[] {
  if (!server) return [...local];
  if (server.graph === graph) return [...server.problems];
  const unchanged = new Set(server.graph.nodes);
  const still = new Set(graph.nodes.filter((step) => unchanged.has(step)).map((step) => step.id));
  const kept = server.problems.filter((one) => isServersOwn(one) && one.node !== undefined && still.has(one.node));
  return [...local, ...kept];
}

export interface ServerAnswer {
  readonly graph: Graph;
  readonly problems: readonly Problem[];
}

const SERVERS_OWN = new Set(['MAPPING_HAS_PROBLEMS', 'SCHEDULE_MISSING', 'NOT_A_SCHEDULE', 'UNKNOWN_ZONE', 'ITEM_BEFORE_MAP', 'NOT_A_DATE']);

function isServersOwn(problem: Problem): boolean {
  if (problem.code === 'CONDITION_EMPTY') return false;
  return problem.code.startsWith('CONDITION_') || SERVERS_OWN.has(problem.code);
}

function tooMany(code: string, max: number, noun: string): Problem {
  return whole(code, `the scenario has more than ${max} ${noun}`, 'divide it into several scenarios');
}

function checkSettings(step: Step, known: Known, problems: Problem[]): void {
  const say = (code: string, field: string, message: string, remedy: string, level: Problem['level'] = 'error') =>
    problems.push({ code, level, node: step.id, field, message, remedy });
  checkOnFailure(step, say);
  switch (step.kind) {
    case 'trigger':
      return;
    case 'fetch':
      return checkFetch(step, known, say);
    case 'filter':
      if (String(step['condition'] ?? '').trim() === '') {
        say('CONDITION_EMPTY', 'condition', 'the condition is empty', "write for example record.status == 'publish'");
      }
      return;
    case 'map':
      return checkMapping(step, known, say);
    case 'write':
      return checkWrite(step, known, say);
    default:
      if (isKind(step.kind)) return;
      problems.push(
        of(
          step.id,
          'UNKNOWN_NODE',
          `this release cannot run the step (${step.kind === '' ? 'without a kind' : step.kind}): its kind or one of its settings is unknown`,
          'upgrade the server, or replace the step',
        ),
      );
  }
}

type Say = (code: string, field: string, message: string, remedy: string, level?: Problem['level']) => void;

function checkOnFailure(step: Step, say: Say): void {
  const retry = retryOf(step);
  if (!retry) return;
  if (step.kind !== 'write') {
    if (isKind(step.kind)) say('RETRY_NOT_HERE', 'on_failure', 'only a step that writes can be told to try again', 'stop the record here, or set the tries at the step that writes');
    return;
  }
  const isWithin = (value: number | undefined, max: number) => value !== undefined && Number.isInteger(value) && value >= 1 && value <= max;
  if (!isWithin(retry.times, TIMES_MAX)) {
    say('OUT_OF_RANGE', 'on_failure.times', `a step is tried again 1 to ${TIMES_MAX} times`, 'say how many times, or stop the record');
  }
  if (!isWithin(retry.wait, WAIT_MAX)) {
    say('OUT_OF_RANGE', 'on_failure.wait', `the wait before each try is 1 to ${WAIT_MAX} seconds`, 'say how many seconds, or stop the record');
  }
}

function checkFetch(step: Step, known: Known, say: Say): void {
  const facts = checkConnection(step, known, say);
  if (facts) {
    const resource = step['resource'];
    if (typeof resource !== 'string' || resource === '') {
      say('RESOURCE_MISSING', 'resource', 'the step does not say what to fetch', 'choose a resource');
    } else if (facts.resources && !facts.resources.includes(resource)) {
      say('UNKNOWN_RESOURCE', 'resource', 'the connection has no such resource', `choose one of: ${shown(facts.resources)}`);
    }
  }
  const perPage = step['per_page'];
  if (typeof perPage === 'number' && (perPage < 1 || perPage > PER_PAGE_MAX)) {
    say('OUT_OF_RANGE', 'per_page', `a page holds 1 to ${PER_PAGE_MAX} records`, 'leave it empty for the usual size');
  }
  const ids = isObject(step['only']) ? step['only']['ids'] : undefined;
  if (Array.isArray(ids) && (ids.length > IDS_MAX || ids.some((id) => id === '' || String(id).length > 256))) {
    const message = `the list of ids holds more than ${IDS_MAX}, or one that is empty or very long`;
    say('OUT_OF_RANGE', 'only.ids', message, 'name fewer ids, or fetch all');
  }
}

function checkMapping(step: Step, known: Known, say: Say): void {
  const mapping = step['mapping'];
  const id = isObject(mapping) ? mapping['id'] : undefined;
  if (typeof id !== 'string') {
    say('MAPPING_MISSING', 'mapping', 'no mapping is chosen', 'choose or make a mapping');
  } else if (known.mappings && !known.mappings.has(id)) {
    say('UNKNOWN_MAPPING', 'mapping', 'the mapping, or this revision of it, does not exist', 'choose another mapping');
  }
}

function checkWrite(step: Step, known: Known, say: Say): void {
  const facts = checkConnection(step, known, say);
  if (!facts?.entities) return;
  const entity = step['entity'];
  if (facts.entities.length === 0) {
    say('NOT_A_DESTINATION', 'connection', 'nothing can be written to this connection', 'choose a Portal connection');
  } else if (typeof entity !== 'string' || entity === '') {
    say('ENTITY_MISSING', 'entity', 'the step does not say what to write', 'choose an entity');
  } else if (!facts.entities.includes(entity)) {
    say('UNKNOWN_ENTITY', 'entity', 'the destination has no such entity', `choose one of: ${shown(facts.entities)}`);
  }
}

function checkConnection(step: Step, known: Known, say: Say): ConnectionFacts | undefined {
  const id = step['connection'];
  if (typeof id !== 'string' || id === '') {
    say('CONNECTION_MISSING', 'connection', 'no connection is chosen', 'choose a connection');
    return undefined;
  }
  if (!known.connections) return undefined;
  const facts = known.connections.get(id);
  if (!facts) {
    say('UNKNOWN_CONNECTION', 'connection', 'the connection does not exist', 'choose another connection');
    return undefined;
  }
  if (facts.notReady !== undefined) {
    const message = `the connection ${facts.name} does not work at present: ${facts.notReady}`;
    const remedy = 'open the connection and follow its advice before you run the scenario';
    say('CONNECTION_NOT_READY', 'connection', message, remedy, 'warning');
  }
  return facts;
}

function shown(names: readonly string[]): string {
  return names.slice(0, 20).join(', ') + (names.length > 20 ? ', …' : '');
}
