// Addresses are texts here: the screens build them, and the router's table says which exist.
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export type Search = Record<string, string | undefined>;

/** The parameters of the path. */
export function usePathValues(): Record<string, string> {
  return useParams({ strict: false }) as Record<string, string>;
}

/** The search parameters, and a way to change some of them. Empty values are removed. */
export function useFilters(): [Search, (changed: Search, options?: { push?: boolean }) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const change = useCallback(
    (changed: Search, options: { push?: boolean } = {}) => {
      void navigate({
        to: '.',
        search: ((before: Search) => ({ ...before, ...changed })) as never,
        replace: !options.push,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return [search, change];
}

/** Goes to an address of the console, such as `/runs?status=failed`. */
export function useGo(): (to: string, options?: { replace?: boolean }) => void {
  const navigate = useNavigate();
  return useCallback(
    (to, options = {}) => {
      const [path = '/', search = ''] = to.split('?');
      void navigate({
        to: path as '/',
        search: Object.fromEntries(new URLSearchParams(search)) as never,
        replace: options.replace ?? false,
      });
    },
    [navigate],
  );
}
