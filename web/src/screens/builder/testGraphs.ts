// Graphs for tests: edges are written `a>b`, `a>b+` (matches), `a>b-` (otherwise) and `a>b!` (failure).

import { type Edge, type Graph, type Step } from './graph';
import type { Known } from './rules';

export function graphOf(steps: readonly Step[], edges = ''): Graph {
  return { nodes: steps, edges: edges.split(/\s+/).filter((edge) => edge !== '').map(edgeOf) };
}

export function node(id: string, kind: string, settings: object = {}): Step {
  return { id, name: id, kind, ...settings };
}

export const trigger = (id: string) => node(id, 'trigger', { on: 'manual' });
export const fetch = (id: string, resource = 'users') => node(id, 'fetch', { connection: 'cn_wp', resource });
export const filter = (id: string) => node(id, 'filter', { condition: 'record.id > 1' });
export const map = (id: string, mapping = 'mp_users') => node(id, 'map', { mapping: { id: mapping } });
export const write = (id: string, entity = 'user') => node(id, 'write', { connection: 'cn_portal', entity });

export const LINE = [trigger('t'), fetch('f'), map('m'), write('w')];
export const LINE_EDGES = 't>f f>m m>w';

export const KNOWN: Known = {
  connections: new Map([
    ['cn_wp', { name: 'Blog', app: 'wordpress', notReady: undefined, resources: ['users', 'posts'], entities: [] }],
    ['cn_paused', { name: 'Old blog', app: 'wordpress', notReady: 'it is paused', resources: ['users'], entities: [] }],
    ['cn_portal', { name: 'Portal', app: 'portal', notReady: undefined, resources: [], entities: ['user', 'post'] }],
  ]),
  mappings: new Map([
    ['mp_users', { name: 'Users', app: 'wordpress', resource: 'users', entity: 'user' }],
    ['mp_posts', { name: 'Posts', app: 'wordpress', resource: 'posts', entity: 'post' }],
  ]),
};

function edgeOf(text: string): Edge {
  const [from = '', to = ''] = text.split('>');
  if (to.endsWith('+')) return { from, to: to.slice(0, -1), branch: 'matches' };
  if (to.endsWith('!')) return { from, to: to.slice(0, -1), branch: 'failure' };
  return to.endsWith('-') ? { from, to: to.slice(0, -1), branch: 'otherwise' } : { from, to };
}
