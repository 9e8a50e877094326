import { useQuery, useQueryClient } from '@tanstack/react-query';

import { call, setCsrf } from './client';

import { ApiError } from './problem';
import type { Session } from './schema';

/** Who is signed in; `null` when nobody is. */
export function useSession({ enabled = true }: { enabled?: boolean } = {}) {
  return useQuery<Session | null, ApiError>({
    queryKey: ['session'],
    queryFn: async ({ signal }) => {
      try {
        const session = await call('GET /api/v1/session', { signal });
        setCsrf(session.csrf ?? undefined);
        return session;
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: 5 * 60_000,
    placeholderData: undefined,
    retryOnMount: false,
    enabled,
  });
}

export async function signIn(token: string): Promise<void> {
  await call('POST /api/v1/session', { body: { token: token.trim() } });
}

export function useSignOut() {
  const client = useQueryClient();
  return async () => {
    await call('DELETE /api/v1/session');
    setCsrf(undefined);
    client.clear();
    window.location.assign(import.meta.env.BASE_URL);
  };
}

/** The token of a start address (`/ui/#token=…`). It is taken out of the address before anything else happens. */
export function tokenOfAddress(): string | undefined {
  const match = /^#token=(.+)$/.exec(window.location.hash);
  if (!match?.[1]) return undefined;
  window.history.replaceState(null, '', window.location.pathname + window.location.search);
  return decodeURIComponent(match[1]);
}
