import './mapping.css';

import { useFilters, usePathValues } from '../../app/go';
import { useRead } from '../../api/queries';
import { Page } from '../../parts/Page';
import { ErrorPanel, Skeleton } from '../../parts/States';
import { MappingBench } from './MappingBench';

/** One mapping's fields: the newest revision to edit, an older one to look at. */
export function MappingScreen() {
  const { id = '' } = usePathValues();
  const [search] = useFilters();
  const revision = /^\d{1,9}$/.test(search['revision'] ?? '') ? Number(search['revision']) : undefined;
  const newest = useRead(['mapping', id], 'GET /api/v1/mappings/{id}', { path: { id } });
  const old = useRead(['mapping', id], 'GET /api/v1/mappings/{id}', { path: { id }, query: { revision: revision ?? 0 } }, { enabled: revision !== undefined });
  const asked = revision === undefined ? newest : old;
  const shown = asked.data?.id === id && (revision === undefined || asked.data.revision === revision) ? asked.data : undefined;
  if (!shown || !newest.data) {
    const error = asked.error ?? newest.error;
    return (
      <Page title="Mapping">
        {error ? <ErrorPanel error={error} onRetry={() => void asked.refetch()} isRetrying={asked.isFetching} /> : <Skeleton rows={8} height={64} />}
      </Page>
    );
  }
  const isOld = revision !== undefined && revision !== newest.data.revision;
  return <MappingBench key={`${id} ${isOld ? revision : ''}`} mapping={shown} newest={newest.data} isOld={isOld} />;
}
