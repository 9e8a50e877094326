import { useState } from 'react';

import { whyNot } from '../../../api/may';
import { useRead, useWrite } from '../../../api/queries';
import type { ErasureShown, WhichPerson } from '../../../api/schema';
import { useSession } from '../../../api/session';
import { Act } from '../../../parts/Act';
import { DataTable } from '../../../parts/DataTable';
import { Card } from '../../../parts/Page';
import { EmptyState, Loaded } from '../../../parts/States';
import { StatusBadge } from '../../../parts/StatusBadge';
import { TimeAgo } from '../../../parts/TimeAgo';
import { count } from '../../../parts/format';
import { Who } from '../../audit/Who';
import { FindPerson } from './FindPerson';
import { Held } from './Held';
import { LiftDialog } from './LiftDialog';
import { stateOf } from './held';

const AGAIN_MS = 3_000;

/** People: what is held of them, a copy for them, and erasing them. */
export function ErasuresTab() {
  const [which, setWhich] = useState<WhichPerson>();
  const preview = useWrite('POST /api/v1/erasures/preview');
  const forget = () => {
    setWhich(undefined);
    preview.reset();
  };
  return (
    <div className="stack">
      <Card id="person" title="A person">
        <div className="stack">
          <p className="muted">
            When somebody asks what is kept of them, or that it is erased. Looking changes nothing; the whole log is read for it.
          </p>
          <FindPerson
            isBusy={preview.isPending}
            error={preview.error}
            onChange={forget}
            onFind={(asked) => {
              setWhich(asked);
              preview.mutate({ body: asked });
            }}
          />
          {which && preview.data ? <Held which={which} held={preview.data} onErased={forget} /> : null}
        </div>
      </Card>
      <Erasures />
    </div>
  );
}

function Erasures() {
  const why = whyNot('POST /api/v1/erasures', useSession().data?.role, 'live');
  const list = useRead(['erasure', 'list'], 'GET /api/v1/erasures', {}, {
    enabled: why === undefined,
    refetchInterval: ({ state }) => (state.data?.items.some((one) => one.state === 'open') ? AGAIN_MS : false),
  });
  const [lifting, setLifting] = useState<ErasureShown>();
  return (
    <Card id="erasures" title="Erasures" flush>
      {why !== undefined ? (
        <EmptyState icon="key">{why}</EmptyState>
      ) : (
        <Loaded of={list} rows={3}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState icon="circle-check">Nobody was erased. Every erasure is listed here, without whom it was about.</EmptyState>
            ) : (
              <DataTable<ErasureShown>
                caption="Erasures"
                rows={items}
                rowKey={({ id }) => id}
                columns={[
                  {
                    key: 'at',
                    header: 'When',
                    cell: ({ id, at }) => (
                      <>
                        <TimeAgo at={at} />
                        <div className="mono muted">{id}</div>
                      </>
                    ),
                  },
                  { key: 'who', header: 'By whom', cell: ({ actor }) => <Who actor={actor} /> },
                  { key: 'reason', header: 'Reason', cell: ({ reason }) => reason },
                  { key: 'state', header: 'State', cell: (row) => <StatusBadge {...stateOf(row)} /> },
                  { key: 'what', header: 'What', wide: true, cell: ({ events, subjects }) => `${count(events, 'event')}, ${count(subjects, 'key')}` },
                  {
                    key: 'lift',
                    header: '',
                    label: 'Lift',
                    align: 'right',
                    cell: (row) =>
                      row.state === 'completed' ? (
                        <Act does="POST /api/v1/erasures/{id}/lift" size="xs" variant="default" aria-label={`Lift ${row.id}`} onClick={() => setLifting(row)}>
                          Lift
                        </Act>
                      ) : null,
                  },
                ]}
              />
            )
          }
        </Loaded>
      )}
      {lifting ? <LiftDialog erasure={lifting} onClose={() => setLifting(undefined)} /> : null}
    </Card>
  );
}
