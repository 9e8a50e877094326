import { Button, Drawer, Menu, TextInput } from '@mantine/core';
import { useCallback, useState } from 'react';

import { address, commandHeaders, send } from '../../api/client';
import { asApiError } from '../../api/problem';
import type { AuditLine } from '../../api/schema';
import { useRead } from '../../api/queries';
import { useFilters } from '../../app/go';
import { DataTable } from '../../parts/DataTable';
import { Go } from '../../parts/Go';
import { Icon } from '../../parts/Icon';
import { JsonTree } from '../../parts/JsonTree';
import { Page } from '../../parts/Page';
import { Search } from '../../parts/Search';
import { EmptyState, FilteredEmpty, Loaded } from '../../parts/States';
import { TimeAgo } from '../../parts/TimeAgo';
import { absolute, number, sentence, words } from '../../parts/format';
import { toast } from '../../parts/toasts';
import { type Change, changesOf } from '../records/names';
import { shortValue } from '../runs/ItemPanel';
import { useAudit } from './useAudit';
import { Who } from './Who';

/** Who did what, on what, and when. Nothing here can be changed. */
export function Audit() {
  const [search, change] = useFilters();
  const filters = {
    actor: search['actor'],
    action: search['action'],
    object: search['object'],
    from: dayStart(search['from']),
    to: dayStart(search['to'], 1),
  };
  const [before, setBefore] = useState<string[]>([]);
  const list = useAudit(filters, search['cursor']);
  const [open, setOpen] = useState<AuditLine>();
  const isFiltered = Object.values(filters).some(Boolean);
  const onActor = useCallback((actor: string | undefined) => change({ actor, cursor: undefined }), [change]);
  const onAction = useCallback((action: string | undefined) => change({ action, cursor: undefined }), [change]);
  const onObject = useCallback((object: string | undefined) => change({ object, cursor: undefined }), [change]);

  return (
    <Page title="Audit log" actions={<Export filters={filters} />}>
      <div className="stack">
        <p className="muted">Every change, in the order of the log. It is only added to; secrets are never part of it.</p>
        <section className="card" aria-label="Audit log">
          <div className="filters">
            <Search label="Object, such as cn_…" value={search['object']} onChange={onObject} />
            <Search label="Action, such as connection.added" value={search['action']} onChange={onAction} />
            <Search label="Who" value={search['actor']} onChange={onActor} />
            <TextInput type="date" size="sm" aria-label="From day" value={search['from'] ?? ''} onChange={(event) => change({ from: event.currentTarget.value || undefined, cursor: undefined })} />
            <TextInput type="date" size="sm" aria-label="To day" value={search['to'] ?? ''} onChange={(event) => change({ to: event.currentTarget.value || undefined, cursor: undefined })} />
          </div>
          <Loaded of={list} rows={10}>
            {({ items, next_cursor: next }) =>
              items.length === 0 ? (
                isFiltered ? (
                  <FilteredEmpty what="entries" onClear={() => change({ actor: undefined, action: undefined, object: undefined, from: undefined, to: undefined, cursor: undefined })} />
                ) : (
                  <EmptyState icon="clipboard-list">Everything that is done will be here.</EmptyState>
                )
              ) : (
                <DataTable<AuditLine>
                  caption="Audit log"
                  rows={items}
                  rowKey={({ position }) => String(position)}
                  columns={[
                    { key: 'position', header: 'Event', width: 80, cell: (row) => number(row.position) },
                    { key: 'at', header: 'When', cell: (row) => <TimeAgo at={row.at} /> },
                    { key: 'who', header: 'Who', cell: (row) => <Who actor={row.actor} /> },
                    {
                      key: 'what',
                      header: 'What',
                      cell: (row) => (
                        <button type="button" className="link" onClick={() => setOpen(row)}>
                          {words(row.event)}
                        </button>
                      ),
                    },
                    { key: 'object', header: 'On what', wide: true, cell: (row) => <ObjectLink stream={row.stream} /> },
                  ]}
                  foot={
                    <nav className="pager" aria-label="Pages">
                      <Button
                        size="xs"
                        variant="default"
                        disabled={!search['cursor']}
                        onClick={() => {
                          change({ cursor: before.at(-1) || undefined });
                          setBefore(before.slice(0, -1));
                        }}
                      >
                        Newer
                      </Button>
                      <Button
                        size="xs"
                        variant="default"
                        disabled={!next}
                        onClick={() => {
                          setBefore([...before, search['cursor'] ?? '']);
                          change({ cursor: next ?? undefined });
                        }}
                      >
                        Older
                      </Button>
                    </nav>
                  }
                />
              )
            }
          </Loaded>
        </section>
      </div>
      <Drawer opened={open !== undefined} onClose={() => setOpen(undefined)} title={open ? words(open.event) : ''} closeButtonProps={{ 'aria-label': 'Close' }}>
        {open ? (
          <div className="stack">
          <dl className="facts">
            <dt>Event</dt>
            <dd>
              {number(open.position)} · <code>{open.event}</code>
            </dd>
            <dt>When</dt>
            <dd>{absolute(open.at)}</dd>
            <dt>Who</dt>
            <dd>
              <Who actor={open.actor} />
            </dd>
            <dt>On what</dt>
            <dd>
              <ObjectLink stream={open.stream} />
            </dd>
            <dt>Request</dt>
            <dd className="mono">{open.correlation ?? 'not by a request'}</dd>
          </dl>
          <Entry position={open.position} />
          </div>
        ) : null}
      </Drawer>
    </Page>
  );
}

/** What the line says, and what is different from before. Secrets are never part of it. */
function Entry({ position }: { position: number }) {
  const entry = useRead(['audit', position], 'GET /api/v1/audit/{position}', { path: { position } });
  return (
    <Loaded of={entry} rows={4}>
      {(shown) => (
        <div className="stack">
          {shown.before ? (
            <DataTable<Change>
              caption="What changed"
              rows={changesOf(shown.before, shown.after)}
              rowKey={({ path }) => path}
              columns={[
                { key: 'path', header: 'Field', cell: (row) => <code>{row.path}</code> },
                { key: 'before', header: 'Before', cell: (row) => <span className="mono">{shortValue(row.before)}</span> },
                { key: 'after', header: 'After', cell: (row) => <span className="mono">{shortValue(row.now)}</span> },
              ]}
            />
          ) : null}
          <JsonTree value={shown.after} name={`event-${position}`} label="The event" />
        </div>
      )}
    </Loaded>
  );
}

const PLACES: Record<string, (id: string) => string> = {
  connection: (id) => `/connections/${id}/history`,
  scenario: (id) => `/scenarios/${id}/builder`,
  mapping: (id) => `/mappings/${id}`,
  run: (id) => `/runs/${id}`,
};

/** Streams are named `connection-cn_…`. */
function ObjectLink({ stream }: { stream: string }) {
  const at = stream.indexOf('-');
  const [kind, id] = [stream.slice(0, at), stream.slice(at + 1)];
  const place = PLACES[kind];
  return place ? (
    <Go to={place(id)} className="mono">
      {id}
    </Go>
  ) : (
    <span className="mono">{stream}</span>
  );
}

function Export({ filters }: { filters: Record<string, string | undefined> }) {
  const save = async (type: string, ending: string) => {
    try {
      const headers = commandHeaders(type);
      const response = await send(address('GET /api/v1/audit', {}, filters), { method: 'GET', headers, patience: 300_000 });
      if (!response.headers.get('content-type')?.startsWith(type)) throw new Error('this server does not export the audit log');
      const link = document.createElement('a');
      link.href = URL.createObjectURL(await response.blob());
      link.download = `audit-log.${ending}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
    } catch (error) {
      toast(`Not exported: ${sentence(asApiError(error).detail)}`, { tone: 'err' });
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<Icon name="download" size={16} />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void save('text/csv', 'csv')}>CSV</Menu.Item>
        <Menu.Item onClick={() => void save('application/x-ndjson', 'ndjson')}>NDJSON</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** The beginning of a day, or of the day after, as the API wants times. */
function dayStart(day: string | undefined, plusDays = 0): string | undefined {
  if (!day) return undefined;
  const date = new Date(`${day}T00:00:00`);
  if (Number.isNaN(date.getTime())) return undefined;
  date.setDate(date.getDate() + plusDays);
  return date.toISOString();
}
