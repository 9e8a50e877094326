import { useQuery } from '@tanstack/react-query';

import { call } from '../../api/client';
import { useWrite } from '../../api/queries';
import type { Connection } from '../../api/schema';
import { useGo } from '../../app/go';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { Skeleton } from '../../parts/States';
import { count } from '../../parts/format';
import { toast } from '../../parts/toasts';
import { resourcesOf } from './resources';

const PAGE = 500;
const SCENARIOS = 200;

interface Consequences {
  scenarios: string[];
  records: number;
  /** There are more than were counted. */
  isMore: boolean;
}

/** What deleting it stops, counted. */
async function consequences(connection: Connection): Promise<Consequences> {
  const listed = await call('GET /api/v1/scenarios', { query: { limit: SCENARIOS } });
  const scenarios = await Promise.all(listed.items.map(({ id }) => call('GET /api/v1/scenarios/{id}', { path: { id } })));
  const uses = scenarios.filter(({ draft_graph: draft, version_graph: live }) =>
    JSON.stringify([draft, live]).includes(`"${connection.id}"`),
  );
  const pages = await Promise.all(
    resourcesOf(connection.details).map(({ id }) =>
      call('GET /api/v1/records', { query: { connection: connection.id, resource: id, limit: PAGE } }),
    ),
  );
  return {
    scenarios: uses.map(({ name }) => name),
    records: pages.reduce((sum, { items }) => sum + items.length, 0),
    isMore: pages.some(({ next_cursor: next }) => Boolean(next)),
  };
}

export function DeleteDialog({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const go = useGo();
  const found = useQuery({ queryKey: ['consequences', connection.id], queryFn: () => consequences(connection), staleTime: 0 });
  const remove = useWrite('DELETE /api/v1/connections/{id}', {
    topics: ['connection', 'scenario', 'overview'],
    onDone: () => {
      toast(`${connection.name} was deleted`);
      go('/connections');
    },
  });
  const counted = found.data;
  const hasRecords = (counted?.records ?? 0) > 0;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      onConfirm={() => remove.mutate({ path: { id: connection.id } })}
      title={`Delete ${connection.name}?`}
      confirm="Delete connection"
      isBusy={remove.isPending}
      error={remove.error}
      typed={hasRecords ? connection.name : undefined}
    >
      {counted ? (
        <ul className="consequences">
          <li>
            <strong>{count(counted.scenarios.length, 'scenario')}</strong>{' '}
            {counted.scenarios.length === 1 ? 'stops' : 'stop'}
            {counted.scenarios.length > 0 ? `: ${counted.scenarios.slice(0, 3).join(', ')}${counted.scenarios.length > 3 ? ', …' : ''}` : ''}.
          </li>
          <li>
            <strong>{counted.isMore ? `More than ${count(counted.records, 'record')}` : count(counted.records, 'record')}</strong>{' '}
            {counted.records === 1 ? 'stays' : 'stay'} in Portal.
          </li>
          <li>The credential kept here is erased. Revoke it on the site, too.</li>
        </ul>
      ) : found.error ? (
        <p>What depends on it could not be counted. Its scenarios stop; records that were imported stay in Portal.</p>
      ) : (
        <Skeleton rows={3} height={36} />
      )}
    </ConfirmDialog>
  );
}
