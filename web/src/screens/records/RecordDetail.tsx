import './records.css';

import { Button, Tabs } from '@mantine/core';

import { useConnectionNames } from '../../api/names';
import { useRead } from '../../api/queries';
import type { PortalRecord } from '../../api/schema';
import { useFilters, usePathValues } from '../../app/go';
import { Away, Go } from '../../parts/Go';
import { Icon } from '../../parts/Icon';
import { Card, Page } from '../../parts/Page';
import { EmptyState, Loaded } from '../../parts/States';
import { Tag } from '../../parts/StatusBadge';
import { TimeAgo } from '../../parts/TimeAgo';
import { shortTime, words } from '../../parts/format';
import { EventsTab } from './EventsTab';
import { HistoryTab } from './HistoryTab';
import { LineageTab } from './LineageTab';
import { type Source, labelOf, sourceOf } from './names';

/** One Portal record: what it is, where every field came from, and how it was before. */
export function RecordDetail() {
  const { kind = '', id = '' } = usePathValues();
  const [search, change] = useFilters();
  const record = useRead(['portal', id], 'GET /api/v1/portal/{kind}/{id}', { path: { kind, id } });
  const { at } = search;
  const then = useRead(
    ['portal', id],
    'GET /api/v1/portal/{kind}/{id}',
    { path: { kind, id }, query: { at } },
    { enabled: at !== undefined, retry: false, placeholderData: undefined },
  );
  const tab = search['tab'] ?? (at ? 'history' : 'lineage');
  const shown = (at ? then.data : undefined) ?? record.data;
  const source = shown ? sourceOf(shown.external) : undefined;
  return (
    <Page
      title={shown ? labelOf(shown) : 'Record'}
      back={<Go to="/records" className="small">Records</Go>}
      aside={shown ? <Tag>{words(shown.entity)}</Tag> : null}
    >
      {at ? (
        <div className="note note-info record-then" role="status">
          <Icon name="history" />
          <span className="grow">{then.data ? `You see ${shortTime(then.data.changed_at)} (event ${at}).` : `You look at event ${at}.`}</span>
          <Button size="xs" variant="default" onClick={() => change({ at: undefined, tab: 'history' })}>
            Back to now
          </Button>
        </div>
      ) : null}
      <Loaded of={record} rows={8}>
        {(loaded) => (
          <div className="record-columns">
            {at ? (
              <Card title="In Portal then">
                <Loaded of={then} rows={8}>
                  {(old) => <Now record={old} source={source} />}
                </Loaded>
              </Card>
            ) : (
              <Card title="In Portal now">
                <Now record={loaded} source={source} />
              </Card>
            )}
            <section className="card" aria-label="Where it came from">
              <Tabs
                value={tab}
                onChange={(next) => change({ tab: next === 'lineage' ? undefined : (next ?? undefined), at: undefined })}
                data-keeps-focus
              >
                <Tabs.List>
                  <Tabs.Tab value="lineage">Lineage</Tabs.Tab>
                  <Tabs.Tab value="history">History</Tabs.Tab>
                  <Tabs.Tab value="events">Events</Tabs.Tab>
                </Tabs.List>
                <Tabs.Panel value={tab}>{panel(tab, kind, loaded, source)}</Tabs.Panel>
              </Tabs>
            </section>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function panel(tab: string, kind: string, record: PortalRecord, source: Source | undefined) {
  if (tab === 'lineage' && isErased(record)) return <EmptyState>Its values were erased, and where they came from with them.</EmptyState>;
  if (tab === 'history') return <HistoryTab kind={kind} now={record} />;
  if (!source) return <EmptyState>It did not come from a source.</EmptyState>;
  if (tab === 'events') return <EventsTab source={source} />;
  return <LineageTab kind={kind} id={record.id} />;
}

/** The person that the record speaks of was erased. */
function isErased({ fields }: PortalRecord): boolean {
  return fields === null || fields === undefined;
}

function Erased() {
  return (
    <p className="note note-info">
      <span>
        The person that this record speaks of was erased: its values are gone for good. <Go to="/settings/erasures">See the erasures</Go>
      </span>
    </p>
  );
}

const WEB = /^https?:\/\//;

function Now({ record, source }: { record: PortalRecord; source: Source | undefined }) {
  const nameOf = useConnectionNames();
  return (
    <div className="stack">
      {isErased(record) ? <Erased /> : null}
      <dl className="facts">
        {Object.entries(record.fields ?? {})
          .filter(([, value]) => value !== null && value !== '')
          .map(([name, value]) => (
            <div key={name} className="facts-row">
              <dt>{words(name)}</dt>
              <dd className="field-value">
                {typeof value === 'string' && WEB.test(value) ? <Away href={value}>{value}</Away> : textOf(value)}
              </dd>
            </div>
          ))}
        {Object.entries(record.references).map(([name, id]) => (
          <div key={name} className="facts-row">
            <dt>{words(name)}</dt>
            <dd className="mono">{id}</dd>
          </div>
        ))}
        {Object.entries(record.pending).map(([name, external]) => (
          <div key={name} className="facts-row">
            <dt>{words(name)}</dt>
            <dd>
              <Tag tone="warn">waits for {external}</Tag>
            </dd>
          </div>
        ))}
      </dl>
      <hr />
      <dl className="facts">
        <dt>Source</dt>
        <dd>
          {source ? (
            <>
              <Go to={`/connections/${source.connection}/status`}>{nameOf(source.connection)}</Go>{' '}
              <span className="mono">{source.resource} {source.id}</span>
            </>
          ) : (
            record.external
          )}
        </dd>
        <dt>Mapping</dt>
        <dd>
          <Go to={`/mappings/${record.mapping.id}`}>{`${record.mapping.id} v${record.mapping.revision}`}</Go>
        </dd>
        <dt>Changed</dt>
        <dd>
          <TimeAgo at={record.changed_at} />
        </dd>
        <dt>Created</dt>
        <dd>
          <TimeAgo at={record.created_at} />
        </dd>
        <dt>Id</dt>
        <dd className="mono">{record.id}</dd>
      </dl>
    </div>
  );
}

const SHOWN = 600;

/** Values are text, whatever they contain; blank lines around and in rows, as editors leave them, are not shown. */
function textOf(value: unknown): string {
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).trim().replaceAll(/\n\s*\n/g, '\n\n');
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
