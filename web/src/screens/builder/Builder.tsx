import './builder.css';

import { Suspense, lazy } from 'react';

import { usePathValues, useFilters } from '../../app/go';
import { useRead } from '../../api/queries';
import { Page } from '../../parts/Page';
import { ErrorPanel, Skeleton } from '../../parts/States';
import { Workbench } from './Workbench';

const OldVersion = lazy(() => import('./OldVersion').then((module) => ({ default: module.OldVersion })));

/** One scenario's graph: the draft, or an old version to look at. */
export function Builder() {
  const { id = '' } = usePathValues();
  const [search] = useFilters();
  const scenario = useRead(['scenario', id], 'GET /api/v1/scenarios/{id}', { path: { id } });
  const shown = scenario.data?.id === id ? scenario.data : undefined;
  const version = /^\d{1,9}$/.test(search['version'] ?? '') ? Number(search['version']) : undefined;
  if (!shown) {
    return (
      <Page title="Scenario">
        {scenario.error ? (
          <ErrorPanel error={scenario.error} onRetry={() => void scenario.refetch()} isRetrying={scenario.isFetching} />
        ) : (
          <Skeleton rows={8} height={64} />
        )}
      </Page>
    );
  }
  if (version === undefined) return <Workbench key={id} scenario={shown} />;
  return (
    <Suspense>
      <OldVersion key={`${id} ${version}`} scenario={shown} version={version} />
    </Suspense>
  );
}
