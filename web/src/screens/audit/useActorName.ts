import { useMemo } from 'react';

import { useRead } from '../../api/queries';
import { actorName } from './actor';

const MOST = 200;

/** Names actors as `actorName` does, and access keys by the names that were given to them. */
export function useActorName(): (actor: string) => string {
  const actors = useRead(['token', 'actors'], 'GET /api/v1/actors', { query: { limit: MOST } }, { staleTime: 60_000 });
  const names = useMemo(() => new Map((actors.data?.items ?? []).map(({ actor, name }) => [actor, name])), [actors.data]);
  return (actor) => {
    const name = actor === 'token:local' ? undefined : names.get(actor);
    return name === undefined ? actorName(actor) : `${name} (access key)`;
  };
}
