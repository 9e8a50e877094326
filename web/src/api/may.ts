// What may be done now. The server decides; this says beforehand what it would refuse, and why.
import { useSyncExternalStore } from 'react';

import { type LiveState, live } from './live';
import { NEEDS, type Role } from './schema';
import { useSession } from './session';

/** A command of the API. */
export type Command = keyof typeof NEEDS;

const RANK: Record<Role, number> = { viewer: 0, operator: 1, administrator: 2 };

export const NOT_CONNECTED = 'Not connected: nothing can be changed until the server answers again.';

/** Why a command would be refused to somebody of this role at this moment; `undefined` when it would not. */
export function whyNot(does: Command, role: Role | undefined, state: LiveState): string | undefined {
  const needed: Role = NEEDS[does];
  // Without an answer who is signed in, the server says it after the click.
  if (role !== undefined && RANK[role] < RANK[needed]) {
    return `Only ${needed}s may do this; your access key is ${article(role)} ${role}’s. Ask an administrator for another key.`;
  }
  return state === 'stale' ? NOT_CONNECTED : undefined;
}

/** The same for whoever is signed in. */
export function useWhyNot(does: Command): string | undefined {
  const state = useSyncExternalStore(live.subscribe, live.status).state;
  return whyNot(does, useSession().data?.role, state);
}

/** Why real records cannot be tried on a mapping by whoever is signed in; `undefined` when they can. */
export function useMayNotTry(): string | undefined {
  return whyNot('POST /api/v1/mappings/preview', useSession().data?.role, 'live');
}

function article(role: Role): string {
  return role === 'viewer' ? 'a' : 'an';
}
