import { Modal } from '@mantine/core';

import { useRead } from '../../api/queries';
import type { DeliveryLine, ReceiptRecord, Verdict } from '../../api/schema';
import { useFilters } from '../../app/go';
import { DataTable, Pager } from '../../parts/DataTable';
import { Card } from '../../parts/Page';
import { EmptyState, Loaded } from '../../parts/States';
import { Tag } from '../../parts/StatusBadge';
import { TimeAgo } from '../../parts/TimeAgo';
import { count, sentence, words } from '../../parts/format';
import { usePages } from '../../parts/usePages';

const AGAIN_MS = 5_000;
const VERDICTS: Record<Verdict, string> = { signed: 'Signature fits', 'body-signed': 'Signature of the body fits', hint: 'Only a hint', released: 'Released by a person' };

/** The messages that were let in, newest first; each leads to what became of it. */
export function Deliveries({ connection }: { connection: string }) {
  const [search, change] = useFilters();
  const list = usePages(['connection', connection, 'deliveries'], 'GET /api/v1/connections/{id}/webhooks/deliveries', { path: { id: connection } });
  const { receipt } = search;
  return (
    <Card id="deliveries" title="Last messages" flush>
      <Loaded of={list} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon="webhook">Nothing was received yet. Send a test to see that it works.</EmptyState>
          ) : (
            <DataTable<DeliveryLine>
              caption="Last messages"
              rows={items}
              rowKey={({ receipt: key }) => key}
              foot={<Pager {...list.pager} />}
              columns={[
                { key: 'at', header: 'Received', cell: (row) => <TimeAgo at={row.at} /> },
                { key: 'verdict', header: 'Signature', cell: (row) => <Tag tone={row.verdict === 'hint' ? 'idle' : 'ok'}>{VERDICTS[row.verdict]}</Tag> },
                { key: 'read', header: 'Read', cell: (row) => (row.read ? (row.read.note ? sentence(row.read.note) : count(row.read.records.length, 'record')) : 'waits') },
                { key: 'bytes', header: 'Bytes', wide: true, align: 'right', cell: (row) => row.bytes },
                {
                  key: 'receipt',
                  header: 'Receipt',
                  cell: (row) => (
                    <button type="button" className="link mono" onClick={() => change({ receipt: row.receipt })}>
                      {row.receipt.slice(0, 12)}…
                    </button>
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
      {receipt ? <Receipt id={receipt} onClose={() => change({ receipt: undefined })} /> : null}
    </Card>
  );
}

/** What became of one message, up to what stands in Portal. */
function Receipt({ id, onClose }: { id: string; onClose: () => void }) {
  const receipt = useRead(['connection', 'receipt', id], 'GET /api/v1/receipts/{id}', { path: { id } }, { retry: false, refetchInterval: AGAIN_MS });
  return (
    <Modal opened onClose={onClose} size="lg" title="What became of the message" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Loaded of={receipt} rows={4}>
        {({ received, read, records, records_total: total }) => (
          <div className="stack">
            <dl className="facts">
              <dt>Receipt</dt>
              <dd className="mono secret-text">{id}</dd>
              <dt>Received</dt>
              <dd><TimeAgo at={received.at} />, {received.bytes} bytes, event {received.position}</dd>
              <dt>Signature</dt>
              <dd>{VERDICTS[received.verdict]}{received.secret ? `, secret ${received.secret}` : ''}</dd>
              <dt>Read</dt>
              <dd>{read ? <><TimeAgo at={read.at} />{read.note ? `: ${sentence(read.note)}` : ''}</> : 'not yet'}</dd>
            </dl>
            {records.length === 0 ? (
              <p className="muted">{read ? 'It named no record.' : 'It waits to be read.'}</p>
            ) : (
              <DataTable<ReceiptRecord>
                caption={`${count(total, 'record')} of the message`}
                rows={records}
                rowKey={({ resource, id: record }) => `${resource}.${record}`}
                columns={[
                  { key: 'record', header: 'Record', cell: (row) => `${row.resource} ${row.id}` },
                  { key: 'finding', header: 'Found', cell: (row) => words(row.finding) },
                  { key: 'written', header: 'In Portal', cell: (row) => (row.written.length === 0 ? '–' : row.written.map((one) => (one.includes_this ? 'has it' : 'waits')).join(', ')) },
                ]}
              />
            )}
          </div>
        )}
      </Loaded>
    </Modal>
  );
}
