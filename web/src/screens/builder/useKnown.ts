import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';

import { call } from '../../api/client';
import { useRead } from '../../api/queries';
import type { App, Connection, Mapping } from '../../api/schema';
import { type Action, readActions } from './forms';
import { type Graph, isObject } from './graph';
import type { ConnectionFacts, Known, MappingFacts } from './rules';
import type { Names } from './words';

export interface Resource {
  readonly id: string;
  readonly name: string;
  readonly statuses: readonly string[];
  readonly fields: readonly Record<string, unknown>[];
}

/** Everything of the installation that the builder shows and checks with. */
export interface Installation {
  readonly known: Known;
  readonly names: Names;
  readonly connections: readonly Connection[];
  readonly mappings: readonly Mapping[];
  appOf(connection: string | undefined): App | undefined;
  roleOf(connection: Connection): { source: boolean; destination: boolean };
  resources(connection: string | undefined): readonly Resource[];
  action(connection: string | undefined, role: 'source' | 'destination'): Action | undefined;
  /** The site's own time zone. */
  zone(connection: string | undefined): string;
}

const MOST = 500;

export function useInstallation(graph: Graph): Installation {
  const apps = useRead(['app', 'list'], 'GET /api/v1/apps', {}, { staleTime: 5 * 60_000 });
  const connections = useRead(['connection', 'list'], 'GET /api/v1/connections', { query: { limit: MOST } });
  const mappings = useRead(['mapping', 'list'], 'GET /api/v1/mappings', { query: { limit: MOST } });
  const named = useMemo(() => namedConnections(graph), [graph]);
  const details = useQueries({
    queries: named.map((id) => ({
      queryKey: ['connection', id, 'details'],
      queryFn: () => call('GET /api/v1/connections/{id}', { path: { id } }),
      staleTime: 60_000,
      retry: false,
    })),
    combine: (answers) => answers.map((answer) => answer.data),
  });
  return useMemo(
    () => installation(apps.data?.items, connections.data?.items, mappings.data?.items, details),
    [apps.data, connections.data, mappings.data, details],
  );
}

function installation(
  apps: readonly App[] | undefined,
  connections: readonly Connection[] | undefined,
  mappings: readonly Mapping[] | undefined,
  details: readonly (Connection | undefined)[],
): Installation {
  const app = new Map((apps ?? []).map((one) => [one.id, one]));
  const connection = new Map((connections ?? []).map((one) => [one.id, one]));
  const detail = new Map(details.flatMap((one) => (one ? [[one.id, one] as const] : [])));
  const appOf = (id: string | undefined) => app.get(connection.get(id ?? '')?.app ?? '');
  const roleOf = (one: Connection) => ({
    source: app.get(one.app)?.roles.includes('source') ?? false,
    destination: app.get(one.app)?.roles.includes('destination') ?? false,
  });
  const resources = (id: string | undefined) => resourcesOf(appOf(id), detail.get(id ?? ''));
  const facts = (one: Connection): ConnectionFacts => {
    const role = roleOf(one);
    const own = detail.get(one.id);
    const ids = resources(one.id).map((resource) => resource.id);
    return {
      name: one.name,
      app: one.app,
      notReady: notReady(one),
      resources: apps && own ? (role.source ? ids : []) : undefined,
      entities: apps ? (role.destination ? ids : []) : undefined,
    };
  };
  const factsOf = (one: Mapping): MappingFacts => ({ name: one.name, app: one.app, resource: one.resource, entity: one.entity });
  const destination = [...app.values()].find((one) => one.roles.includes('destination'));
  return {
    known: {
      connections: connections && new Map(connections.map((one) => [one.id, facts(one)])),
      mappings: mappings && new Map(mappings.map((one) => [one.id, factsOf(one)])),
    },
    names: {
      connection: (id) => connection.get(id)?.name,
      resource: (of, id) => resources(of).find((one) => one.id === id)?.name,
      entity: (id) => resourcesOf(destination, undefined).find((one) => one.id === id)?.name,
      mapping: (id) => mappings?.find((one) => one.id === id)?.name,
    },
    connections: connections ?? [],
    mappings: mappings ?? [],
    appOf,
    roleOf,
    resources,
    action: (id, role) => {
      const found = appOf(id) ?? [...app.values()].find((one) => one.roles.includes(role));
      return found && readActions(found.actions)[0];
    },
    zone: (id) => {
      const zone = isObject(detail.get(id ?? '')?.details) ? detail.get(id ?? '')?.details['timezone'] : undefined;
      return typeof zone === 'string' && zone !== '' ? zone : 'utc';
    },
  };
}

function resourcesOf(app: App | undefined, detail: Connection | undefined): Resource[] {
  const listed = (app?.resources ?? []).map((one) => resource(one, String(one['name'] ?? one['id'] ?? '')));
  const own = isObject(detail?.details) ? detail.details['resources'] : undefined;
  if (!Array.isArray(own)) return listed;
  const found = own.filter(isObject).map((one) => resource(one, String(one['label'] ?? one['id'] ?? '')));
  const merged = listed.map((one) => {
    const same = found.find((other) => other.id === one.id);
    return same ? { ...one, statuses: same.statuses } : one;
  });
  return [...merged, ...found.filter((one) => !listed.some((other) => other.id === one.id))];
}

function resource(one: Record<string, unknown>, name: string): Resource {
  const list = (key: string) => (Array.isArray(one[key]) ? (one[key] as unknown[]) : []);
  return {
    id: String(one['id'] ?? ''),
    name,
    statuses: list('statuses').map(String),
    fields: list('fields').filter(isObject),
  };
}

function notReady(connection: Connection): string | undefined {
  if (connection.phase === 'paused') return 'it is paused';
  return connection.phase === 'identity-in-doubt' ? 'it answers as another site than before' : undefined;
}

function namedConnections(graph: Graph): string[] {
  const ids = graph.nodes.map((step) => step['connection']).filter((id): id is string => typeof id === 'string' && id !== '');
  return [...new Set(ids)].sort();
}
