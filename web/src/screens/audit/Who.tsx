import { Go } from '../../parts/Go';
import { useActorName } from './useActorName';

/** Who did it; a run leads to its page. */
export function Who({ actor }: { actor: string }) {
  const nameOf = useActorName();
  return actor.startsWith('run:') ? <Go to={`/runs/${actor.slice(4)}`}>{nameOf(actor)}</Go> : <>{nameOf(actor)}</>;
}
