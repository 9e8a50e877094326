import { useMemo } from 'react';

import { useRead } from './queries';
import type { Connection, Scenario } from './schema';

const MOST = 200;

/** Every connection; Portal itself is one of them. */
export function useConnections() {
  return useRead(['connection', 'list'], 'GET /api/v1/connections', { query: { limit: MOST } });
}

export function useScenarios() {
  return useRead(['scenario', 'list'], 'GET /api/v1/scenarios', { query: { limit: MOST } });
}

/** The names of connections by their id; an unknown one is named by its id. */
export function useConnectionNames(): (id: string) => string {
  const names = useNames(useConnections().data?.items);
  return (id) => names.get(id) ?? id;
}

export function useScenarioNames(): (id: string) => string {
  const names = useNames(useScenarios().data?.items);
  return (id) => names.get(id) ?? id;
}

function useNames(items: Array<Connection | Scenario> | undefined): Map<string, string> {
  return useMemo(() => new Map((items ?? []).map(({ id, name }) => [id, name])), [items]);
}

/** Connections that somebody made; Portal's own is always there. */
export function isSource(connection: Connection): boolean {
  return connection.app !== 'portal';
}
