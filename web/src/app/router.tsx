import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { Shell } from './Shell';
import { NotFound, RouteError } from './RouteError';

type Search = Record<string, string | undefined>;

/** Search parameters are texts, exactly as they stand in the address. */
function parseSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text));
}

function stringifySearch(search: Search): string {
  const filled = Object.entries(search).filter((pair): pair is [string, string] => Boolean(pair[1]));
  const text = new URLSearchParams(filled).toString();
  return text ? `?${text}` : '';
}

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: RouteError,
  validateSearch: (search: Search): Search => search,
});

type Loader = Parameters<typeof lazyRouteComponent>[0];

function screen<Path extends string>(path: Path, load: Loader, name: string) {
  return createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(load as () => Promise<Record<string, React.ComponentType>>, name),
    errorComponent: RouteError,
  });
}

function forward<Path extends string>(path: Path, to: (params: Record<string, string>) => string) {
  return createRoute({
    getParentRoute: () => root,
    path,
    beforeLoad: ({ params }) => {
      throw redirect({ to: to(params as Record<string, string>) as '/', replace: true });
    },
  });
}

const tree = root.addChildren([
  screen('/', () => import('../screens/overview/Overview'), 'Overview'),
  screen('/apps', () => import('../screens/apps/Apps'), 'Apps'),
  screen('/apps/$app', () => import('../screens/apps/AppDetail'), 'AppDetail'),
  screen('/connections', () => import('../screens/connections/Connections'), 'Connections'),
  screen('/connections/new', () => import('../screens/connections/AddConnection'), 'AddConnection'),
  forward('/connections/$id', ({ id }) => `/connections/${id}/status`),
  screen('/connections/$id/$tab', () => import('../screens/connections/ConnectionDetail'), 'ConnectionDetail'),
  screen('/scenarios', () => import('../screens/scenarios/Scenarios'), 'Scenarios'),
  forward('/scenarios/$id', ({ id }) => `/scenarios/${id}/builder`),
  screen('/scenarios/$id/builder', () => import('../screens/builder/Builder'), 'Builder'),
  screen('/scenarios/$id/versions', () => import('../screens/scenarios/Versions'), 'Versions'),
  screen('/scenarios/$id/reimport', () => import('../screens/scenarios/Reimport'), 'Reimport'),
  screen('/scenarios/$id/runs', () => import('../screens/scenarios/ScenarioRuns'), 'ScenarioRuns'),
  screen('/mappings', () => import('../screens/mappings/Mappings'), 'Mappings'),
  screen('/mappings/$id', () => import('../screens/mapping/Mapping'), 'MappingScreen'),
  screen('/runs', () => import('../screens/runs/Runs'), 'Runs'),
  screen('/runs/$id', () => import('../screens/runs/RunDetail'), 'RunDetail'),
  screen('/runs/$id/records/$key', () => import('../screens/runs/RunDetail'), 'RunDetail'),
  screen('/failures', () => import('../screens/failures/Failures'), 'Failures'),
  screen('/failures/$group', () => import('../screens/failures/Failures'), 'Failures'),
  screen('/records', () => import('../screens/records/Records'), 'Records'),
  screen('/records/$kind/$id', () => import('../screens/records/RecordDetail'), 'RecordDetail'),
  screen('/audit', () => import('../screens/audit/Audit'), 'Audit'),
  forward('/settings', () => '/settings/access-keys'),
  screen('/settings/$tab', () => import('../screens/settings/Settings'), 'Settings'),
]);

export function makeRouter() {
  return createRouter({
    routeTree: tree,
    basepath: import.meta.env.BASE_URL.replace(/\/$/, '') || '/',
    parseSearch,
    stringifySearch: stringifySearch as (search: Record<string, unknown>) => string,
    defaultPreload: 'intent',
    scrollRestoration: true,
  });
}
