import { useMemo } from 'react';

import { useRead } from '../../api/queries';
import type { Connection, Mapping } from '../../api/schema';
import { isObject } from '../builder/graph';
import { type TargetField, labelOf, readTargets } from './definition';

export interface Place {
  /** Where samples are read from. */
  readonly connection: Connection | undefined;
  readonly choices: readonly Connection[];
  /** Portal's fields. */
  readonly targets: readonly TargetField[];
  readonly entityName: string;
  /** What references can lead to. */
  readonly resources: readonly { value: string; label: string }[];
  /** The site's own time zone. */
  readonly zone: string;
  readonly isLoaded: boolean;
}

/** What a mapping stands between: a connection of its app, and Portal's fields. */
export function usePlace(mapping: Mapping, wanted: string | undefined): Place {
  const apps = useRead(['app', 'list'], 'GET /api/v1/apps', {}, { staleTime: 5 * 60_000 });
  const connections = useRead(['connection', 'list'], 'GET /api/v1/connections', { query: { limit: 500 } });
  const choices = useMemo(() => (connections.data?.items ?? []).filter((one) => one.app === mapping.app), [connections.data, mapping.app]);
  const connection = choices.find((one) => one.id === wanted) ?? choices.find((one) => one.phase === 'live') ?? choices[0];
  const detail = useRead(['connection', connection?.id ?? '', 'details'], 'GET /api/v1/connections/{id}', { path: { id: connection?.id ?? '-' } }, { enabled: connection !== undefined, staleTime: 60_000 });
  return useMemo(() => {
    const destination = apps.data?.items.find((one) => one.roles.includes('destination') && one.resources.some((resource) => resource['id'] === mapping.entity));
    const source = apps.data?.items.find((one) => one.id === mapping.app);
    const entity = destination?.resources.find((one) => one['id'] === mapping.entity);
    const details: unknown = detail.data?.details;
    const zone = isObject(details) && typeof details['timezone'] === 'string' && details['timezone'] !== '' ? details['timezone'] : 'utc';
    return {
      connection,
      choices,
      targets: destination ? readTargets(destination.resources, mapping.entity) : [],
      entityName: typeof entity?.['name'] === 'string' ? entity['name'] : labelOf(mapping.entity),
      resources: (source?.resources ?? []).map((one) => ({ value: String(one['id']), label: String(one['name'] ?? one['id']) })),
      zone,
      isLoaded: apps.data !== undefined && connections.data !== undefined,
    };
  }, [apps.data, connections.data, detail.data, connection, choices, mapping.app, mapping.entity]);
}
