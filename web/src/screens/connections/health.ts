import type { Connection, Stage } from '../../api/schema';
import { sentence } from '../../parts/format';

/** The address as people say it: without the protocol and the slash at the end. */
export function addressOf({ address }: Pick<Connection, 'address'>): string {
  return address === 'embedded:' ? 'built in' : address.replace(/^https?:\/\//, '').replace(/\/$/, '');
}

/** Why a connection is not healthy, in a sentence. */
export function reasonOf(connection: Connection): string {
  if (connection.phase === 'paused') return 'Scenarios do not read from it until it is resumed.';
  if (connection.phase === 'identity-in-doubt') return 'The site answers as another one than before.';
  if (connection.health === 'healthy') return '';
  const worst = worstStage(connection.stages);
  if (worst) return sentence(worst.finding);
  if (connection.app === 'portal') return '';
  if (!connection.auth_method) return 'Not authorised yet.';
  return connection.health === 'unknown' ? 'Not tested yet.' : '';
}

export function worstStage(stages: Stage[]): Stage | undefined {
  return stages.find(({ result }) => result === 'failed') ?? stages.find(({ result }) => result === 'warned');
}
