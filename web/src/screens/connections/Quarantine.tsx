import { useWrite } from '../../api/queries';
import type { QuarantineLine, QuarantineReason } from '../../api/schema';
import { Act } from '../../parts/Act';
import { DataTable, Pager } from '../../parts/DataTable';
import { Card } from '../../parts/Page';
import { ErrorPanel } from '../../parts/States';
import { Tag } from '../../parts/StatusBadge';
import { TimeAgo } from '../../parts/TimeAgo';
import { toast } from '../../parts/toasts';
import { usePages } from '../../parts/usePages';

const AGAIN_MS = 5_000;

/** Why a message was not let in, and what its sender can do. */
const REASONS: Record<QuarantineReason, { word: string; advice: string }> = {
  unsigned: { word: 'Not signed', advice: 'Give the site the secret of this address.' },
  mismatch: { word: 'Signature does not fit', advice: 'Compare the secret on the site, or make a new one here.' },
  stale: { word: 'Signed at another time', advice: 'Look at the clock of the site.' },
  'other-content': { word: 'Known id, other content', advice: 'Let the site send it again with an id of its own.' },
};

/** Messages that were kept aside. Only one that is rightly signed, and came at the wrong time, can be let in. */
export function Quarantine({ connection }: { connection: string }) {
  const list = usePages(['connection', connection, 'quarantine'], 'GET /api/v1/quarantine', { query: { connection } }, { refetchInterval: AGAIN_MS });
  const release = useWrite('POST /api/v1/quarantine/{id}/release', { topics: ['connection'], onDone: ({ changed }) => toast(changed ? 'The message was let in' : 'The message was there already') });
  if (list.error && !list.data) return <ErrorPanel error={list.error} unchanged />;
  const items = list.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Card id="quarantine" title="Kept aside" flush>
      {release.error ? <ErrorPanel error={release.error} unchanged /> : null}
      <DataTable<QuarantineLine>
        caption="Messages that were not let in"
        rows={items}
        rowKey={({ id }) => id}
        foot={<Pager {...list.pager} />}
        columns={[
          { key: 'at', header: 'Received', cell: (row) => <TimeAgo at={row.at} /> },
          {
            key: 'reason',
            header: 'Why',
            cell: (row) => (
              <>
                <Tag tone="warn">{REASONS[row.reason].word}</Tag>
                <div className="small muted">{REASONS[row.reason].advice}</div>
              </>
            ),
          },
          { key: 'bytes', header: 'Bytes', wide: true, align: 'right', cell: (row) => row.bytes },
          { key: 'id', header: 'Id', wide: true, cell: (row) => <span className="mono">{row.id}</span> },
          {
            key: 'release',
            header: '',
            label: 'Let in',
            align: 'right',
            cell: (row) =>
              row.can_be_released ? (
                <Act does="POST /api/v1/quarantine/{id}/release" size="xs" variant="default" aria-label={`Let it in: ${row.id}`} loading={release.isPending} onClick={() => release.mutate({ path: { id: row.id } })}>
                  Let it in
                </Act>
              ) : (
                <span className="small muted">cannot be let in</span>
              ),
          },
        ]}
      />
    </Card>
  );
}
