import './connections.css';

import { ActionIcon, Menu, Tabs } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';

import { call, notePosition } from '../../api/client';
import { useRead, useWrite } from '../../api/queries';
import type { Connection } from '../../api/schema';
import { useFilters, useGo, usePathValues } from '../../app/go';
import { Act, ActItem } from '../../parts/Act';
import { Go } from '../../parts/Go';
import { Icon } from '../../parts/Icon';
import { Page } from '../../parts/Page';
import { ErrorPanel, Loaded } from '../../parts/States';
import { StatusBadge } from '../../parts/StatusBadge';
import { TimeAgo } from '../../parts/TimeAgo';
import { toast } from '../../parts/toasts';
import { AccessTab } from './AccessTab';
import { DataTab } from './DataTab';
import { DeleteDialog } from './DeleteDialog';
import { HistoryTab } from './HistoryTab';
import { RenameDialog } from './RenameDialog';
import { StatusTab } from './StatusTab';
import { WebhooksTab } from './WebhooksTab';
import { cameBack } from './authorising';

const TABS = [
  ['status', 'Status'],
  ['data', 'Data'],
  ['access', 'Access'],
  ['webhooks', 'Webhooks'],
  ['history', 'History'],
] as const;

/** One connection, whole. */
export function ConnectionDetail() {
  const { id = '', tab = 'status' } = usePathValues();
  const [search] = useFilters();
  const go = useGo();
  const connection = useRead(['connection', id], 'GET /api/v1/connections/{id}', { path: { id } });
  const [open, setOpen] = useState<'delete' | 'rename'>();
  const test = useWrite('POST /api/v1/connections/{id}/test', { topics: ['connection'], onDone: () => toast('Tested') });
  const pause = useWrite('POST /api/v1/connections/{id}/pause', { topics: ['connection'], onDone: () => toast('Paused') });
  const resume = useWrite('POST /api/v1/connections/{id}/resume', { topics: ['connection'], onDone: () => toast('Resumed') });
  useReturn(id, search['consent'], connection.data);

  const shown = connection.data;
  const isPortal = shown?.app === 'portal';
  const failed = test.error ?? pause.error ?? resume.error;
  return (
    <Page
      title={shown?.name ?? 'Connection'}
      back={<Go to="/connections" className="small">Connections</Go>}
      aside={
        shown ? (
          <span className="row">
            <StatusBadge status={shown.phase === 'live' ? shown.health : shown.phase} />
            <span className="small muted">
              {shown.checked_at ? <>checked <TimeAgo at={shown.checked_at} /></> : 'not checked yet'}
            </span>
          </span>
        ) : null
      }
      actions={
        shown && !isPortal ? (
          <>
            <Act does="POST /api/v1/connections/{id}/test" variant="default" loading={test.isPending} onClick={() => test.mutate({ path: { id } })}>
              Test now
            </Act>
            <Menu position="bottom-end" width={220}>
              <Menu.Target>
                <ActionIcon variant="default" size={36} aria-label="More actions">
                  <Icon name="dots" />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <ActItem does="POST /api/v1/connections/{id}/rename" leftSection={<Icon name="pencil" />} onClick={() => setOpen('rename')}>
                  Rename
                </ActItem>
                <ActItem does="POST /api/v1/connections/{id}/credentials" leftSection={<Icon name="key" />} onClick={() => go(`/connections/${id}/access`)}>
                  Edit credentials
                </ActItem>
                {shown.phase === 'paused' ? (
                  <ActItem does="POST /api/v1/connections/{id}/resume" leftSection={<Icon name="player-play" />} onClick={() => resume.mutate({ path: { id } })}>
                    Resume
                  </ActItem>
                ) : (
                  <ActItem does="POST /api/v1/connections/{id}/pause" leftSection={<Icon name="player-pause" />} onClick={() => pause.mutate({ path: { id }, body: {} })}>
                    Pause
                  </ActItem>
                )}
                <Menu.Divider />
                <ActItem does="DELETE /api/v1/connections/{id}" data-danger leftSection={<Icon name="trash" />} onClick={() => setOpen('delete')}>
                  Delete
                </ActItem>
              </Menu.Dropdown>
            </Menu>
          </>
        ) : null
      }
    >
      <div className="stack">
        {failed ? <ErrorPanel error={failed} unchanged /> : null}
        <Loaded of={connection} rows={8}>
          {(loaded) => (
            <Tabs value={tab} onChange={(next) => go(`/connections/${id}/${next ?? 'status'}`)} data-keeps-focus>
              <Tabs.List mb={16}>
                {TABS.map(([value, label]) => (
                  <Tabs.Tab key={value} value={value}>
                    {label}
                  </Tabs.Tab>
                ))}
              </Tabs.List>
              <Tabs.Panel value={tab}>{panel(tab, loaded)}</Tabs.Panel>
            </Tabs>
          )}
        </Loaded>
      </div>
      {shown && open === 'delete' ? <DeleteDialog connection={shown} onClose={() => setOpen(undefined)} /> : null}
      {shown && open === 'rename' ? <RenameDialog connection={shown} onClose={() => setOpen(undefined)} /> : null}
    </Page>
  );
}

function panel(tab: string, connection: Connection) {
  switch (tab) {
    case 'data': return <DataTab connection={connection} />;
    case 'access': return <AccessTab connection={connection} />;
    case 'webhooks': return <WebhooksTab connection={connection} />;
    case 'history': return <HistoryTab connection={connection} />;
    default: return <StatusTab connection={connection} />;
  }
}

/** Coming back from the site's consent page without having approved: what was made for it goes away again. */
function useReturn(id: string, consent: string | undefined, connection: Connection | undefined): void {
  const go = useGo();
  const isDone = useRef(false);
  useEffect(() => {
    if (isDone.current || !connection) return;
    isDone.current = true;
    const leaving = cameBack(id);
    if (!consent || !leaving?.isNew || connection.auth_method) return;
    const rejected = consent === 'REJECTED' ? '&rejected=1' : '';
    const back = `/connections/new?app=${leaving.app}&url=${encodeURIComponent(leaving.address)}${rejected}`;
    call('DELETE /api/v1/connections/{id}', { path: { id } })
      .then(({ position }) => notePosition(position))
      .catch(() => toast('The connection that was begun could not be removed', { tone: 'err' }))
      .finally(() => go(back, { replace: true }));
  }, [id, consent, connection, go]);
}
