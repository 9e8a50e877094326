// Rules about how steps follow one another: trigger, fetch, filters and maps, write.

import { type Graph, type Step, isKind } from './graph';
import { type Known, type Problem, of } from './rules';
import type { Shape } from './shapeRules';
import { mappingIdOf } from './words';

/** What may come into a step. */
interface Arriving {
  readonly fetches: Set<number>;
  readonly maps: Set<number>;
  /** A record may come without having been mapped. */
  unmapped: boolean;
  /** A trigger leads here directly. */
  started: boolean;
}

export function checkFlow(graph: Graph, shape: Shape, known: Known, problems: Problem[]): void {
  const arriving = arrivals(graph, shape);
  const writes = leadsToWrite(graph, shape);
  graph.nodes.forEach((step, n) => {
    const here = arriving[n];
    if (!here) return;
    const entered = (shape.into[n] ?? []).length > 0;
    const found = checkPlace(step, here, writes[n] ?? false, entered);
    if (found) problems.push(found);
    if (step.kind === 'write' && (shape.out[n] ?? []).some(({ branch }) => branch !== 'failure')) {
      const remedy = 'let the steps after it follow a step before it, or its failure';
      problems.push(of(step.id, 'AFTER_WRITE', 'nothing but a failure branch can follow a step that writes', remedy));
    }
  });
  graph.nodes.forEach((step, n) => {
    const here = arriving[n];
    if (here) checkMeaning(step, here, graph, known, problems);
  });
}

function checkPlace(step: Step, here: Arriving, writes: boolean, entered: boolean): Problem | undefined {
  const say = (code: string, message: string, remedy: string) => of(step.id, code, message, remedy);
  const records = here.fetches.size > 0;
  const { kind } = step;
  const takesRecords = kind === 'filter' || kind === 'map' || kind === 'write';
  if (kind === 'trigger') {
    return entered ? say('BEFORE_TRIGGER', 'a step leads into the trigger', 'remove this connection between steps') : undefined;
  }
  if (kind === 'fetch') {
    if (records) return say('FETCH_AFTER_FETCH', 'a fetch follows another fetch', 'let it follow the trigger');
    if (!writes) {
      return say('NOTHING_WRITTEN', 'what this step fetches is never written', 'add a map and a write after it');
    }
    return undefined;
  }
  if (takesRecords && here.started) {
    return say('NO_FETCH', 'no records come to this step: it follows the trigger', 'put a fetch between them');
  }
  if ((kind === 'filter' || kind === 'map') && records && !writes) {
    return say('NOTHING_WRITTEN', 'what reaches this step is never written', 'add a write after it');
  }
  if (kind === 'map' && here.maps.size > 0) {
    const message = 'a mapping follows another mapping; each reads the record of the source';
    return say('MAP_AFTER_MAP', message, 'put both into one mapping');
  }
  if (kind === 'write' && here.unmapped) {
    return say('NOT_MAPPED', 'records reach this step without a mapping', 'put a map before it');
  }
  return undefined;
}

/** Users into posts, and mappings made for something else. */
function checkMeaning(step: Step, here: Arriving, graph: Graph, known: Known, problems: Problem[]): void {
  if (step.kind === 'map') {
    const facts = known.mappings?.get(mappingIdOf(step) ?? '');
    if (!facts) return;
    for (const at of here.fetches) {
      const fetch = graph.nodes[at];
      const connection = known.connections?.get(String(fetch?.['connection'] ?? ''));
      const resource = String(fetch?.['resource'] ?? '');
      if (!connection?.resources?.includes(resource)) continue;
      if (connection.app === facts.app && resource === facts.resource) continue;
      const message = `the mapping reads ${facts.resource} of ${facts.app}, and ${resource} of ${connection.app} come here`;
      const remedy = 'choose a mapping that was made for this resource';
      problems.push(of(step.id, 'MAPPING_FOR_OTHER_RESOURCE', message, remedy, 'mapping'));
    }
  }
  if (step.kind === 'write') {
    const entity = step['entity'];
    if (typeof entity !== 'string') return;
    for (const at of here.maps) {
      const map = graph.nodes[at];
      const facts = map && known.mappings?.get(mappingIdOf(map) ?? '');
      if (!facts || facts.entity === entity) continue;
      const message = `the mapping ${facts.name} makes ${facts.entity} and the step writes ${entity}`;
      problems.push(of(step.id, 'ENTITY_MISMATCH', message, 'choose the same entity in both', 'entity'));
    }
  }
}

function arrivals(graph: Graph, shape: Shape): Arriving[] {
  const all = graph.nodes.map((): Arriving => ({ fetches: new Set(), maps: new Set(), unmapped: false, started: false }));
  for (const n of shape.order) {
    const here = all[n];
    const step = graph.nodes[n];
    if (!here || !step) continue;
    // Who fails goes on as the source sent it.
    const failed: Arriving = { fetches: here.fetches, maps: new Set(), unmapped: true, started: false };
    for (const { to, branch } of shape.out[n] ?? []) {
      const leaving = branch === 'failure' ? failed : leave(step, n, here);
      const next = all[to];
      if (!next) continue;
      leaving.fetches.forEach((fetch) => next.fetches.add(fetch));
      leaving.maps.forEach((map) => next.maps.add(map));
      next.unmapped ||= leaving.unmapped;
      next.started ||= leaving.started;
    }
  }
  return all;
}

function leave(step: Step, n: number, here: Arriving): Arriving {
  const nothing = { fetches: new Set<number>(), maps: new Set<number>(), unmapped: false, started: false };
  switch (step.kind) {
    case 'trigger':
      return { ...nothing, started: true };
    case 'fetch':
      return { ...nothing, fetches: new Set([n]), unmapped: true };
    case 'map':
      return { ...nothing, fetches: here.fetches, maps: new Set([n]) };
    default:
      // An unknown step may fetch or map; that it is unknown is reported on its own.
      return isKind(step.kind) ? here : { ...here, unmapped: false, started: false };
  }
}

/** Whether what reaches a step and does not fail may be written. */
function leadsToWrite(graph: Graph, shape: Shape): boolean[] {
  const writes = graph.nodes.map((step) => step.kind === 'write' || !isKind(step.kind));
  for (const n of [...shape.order].reverse()) {
    writes[n] ||= (shape.out[n] ?? []).some(({ to, branch }) => branch !== 'failure' && writes[to]);
  }
  return writes;
}
