import { useMemo } from 'react';

import { useConnectionNames } from '../../api/names';
import { useRead } from '../../api/queries';
import { useSession } from '../../api/session';
import { actorName } from './actor';

const MOST = 200;

/** Names actors as `actorName` does, access keys by the names that were given to them, and the own one as oneself. */
export function useActorName(): (actor: string) => string {
  const actors = useRead(['token', 'actors'], 'GET /api/v1/actors', { query: { limit: MOST } }, { staleTime: 60_000 });
  const connection = useConnectionNames();
  const own = useSession().data?.actor;
  const names = useMemo(() => new Map((actors.data?.items ?? []).map(({ actor, name }) => [actor, name])), [actors.data]);
  return (actor) => {
    if (actor === own) return 'You';
    const name = actor === 'token:local' ? undefined : names.get(actor);
    return name === undefined ? actorName(actor, connection) : `${name} (access key)`;
  };
}
