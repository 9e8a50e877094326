import './builder.css';

import { usePathValues, useFilters } from '../../app/go';
import { useRead } from '../../api/queries';
import { Page } from '../../parts/Page';
import { ErrorPanel, Skeleton } from '../../parts/States';
import { OldVersion } from './OldVersion';
import { Workbench } from './Workbench';

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
  return version === undefined ? <Workbench key={id} scenario={shown} /> : <OldVersion key={`${id} ${version}`} scenario={shown} version={version} />;
}
