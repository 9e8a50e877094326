import { ActionIcon, Tabs } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';

import { useConnectionNames } from '../../api/names';
import { useRead } from '../../api/queries';
import type { ItemShown, Provenance, Run } from '../../api/schema';
import { DataTable } from '../../parts/DataTable';
import { Go, GoButton } from '../../parts/Go';
import { Icon } from '../../parts/Icon';
import { JsonTree } from '../../parts/JsonTree';
import { EmptyState, Loaded } from '../../parts/States';
import { StatusBadge, Tag } from '../../parts/StatusBadge';
import { sentence } from '../../parts/format';
import { mappingOf } from '../failures/place';
import { Decide } from './Decide';
import { Meaning, useUndecided } from './Undecided';

interface Props {
  run: Run;
  item: string;
  onClose: () => void;
}

/** One record's way through the run. Escape closes it. */
export function ItemPanel({ run, item, onClose }: Props) {
  const shown = useRead(['run', run.id, 'item', item], 'GET /api/v1/runs/{id}/items/{item}', { path: { id: run.id, item } });
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    heading.current?.focus({ preventScroll: true });
    return () => {
      // What opened it may have gone meanwhile.
      const back = before instanceof HTMLElement && before.isConnected ? before : document.querySelector('h1');
      back?.focus({ preventScroll: true });
    };
  }, []);
  return (
    // Escape is heard wherever the focus is inside.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <aside
      className="card item-panel"
      aria-label={`Record ${item}`}
      data-keeps-focus
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <div className="card-head">
        <h2 ref={heading} tabIndex={-1}>
          {shown.data ? `${shown.data.resource} ${shown.data.record}` : 'Record'}
        </h2>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label="Close the record" onClick={onClose}>
          <Icon name="x" />
        </ActionIcon>
      </div>
      <Loaded of={shown} rows={6}>
        {(loaded) => <Shown run={run} item={loaded} />}
      </Loaded>
    </aside>
  );
}

function Shown({ run, item }: { run: Run; item: ItemShown }) {
  const [tab, setTab] = useState<string | null>('input');
  const nameOf = useConnectionNames();
  const mapped = item.mapped ?? undefined;
  const kind = item.portal ? kindOf(item.resource) : undefined;
  const isUnknown = item.outcome === 'failed' && item.notes.some(({ code }) => code === OUTCOME_UNKNOWN);
  const undecided = useUndecided(run);
  const waiting = isUnknown ? undecided.data?.items.find((each) => each.item === item.id) : undefined;
  return (
    <div className="stack item-body">
      <div className="row">
        <StatusBadge status={item.outcome} />
        <span className="small muted">
          from {nameOf(item.connection)} · {item.attempts === 1 ? '1 attempt' : `${item.attempts} attempts`}
        </span>
        {item.portal ? (
          <Go to={`/records/${kind}/${item.portal}`} className="small">
            Open in Records
          </Go>
        ) : null}
      </div>
      {waiting ? (
        <section className="item-note" aria-label="Waits for you">
          <Meaning items={[waiting]} />
          <Decide run={run} items={[waiting]} />
        </section>
      ) : isUnknown && undecided.data && undecided.data.items.length === (undecided.data.total ?? 0) ? (
        <p className="item-note">Somebody has decided about this since, or a later run has settled it.</p>
      ) : null}
      {item.notes.length > 0 ? (
        <ul className="stack-8" aria-label="What happened">
          {item.notes.map((note) => (
            <li key={`${note.step}${note.code}${note.field ?? ''}`} className={item.outcome === 'failed' ? 'item-note item-note-err' : 'item-note'}>
              <p>
                {note.field ? <code>{note.field}</code> : null} {sentence(note.message)}
              </p>
              {note.raw ? (
                <p className="small">
                  Value: <code>{note.raw}</code>
                </p>
              ) : null}
              {note.remedy && note.code !== OUTCOME_UNKNOWN ? <p className="small">What to do: {sentence(note.remedy)}</p> : null}
              <p className="small mono">
                {note.code} at {note.step}
              </p>
              {note.field && mapped ? (
                <GoButton to={mappingOf(mapped.mapping.id, note.field, item)} size="xs" variant="default">
                  Open the mapping at this field
                </GoButton>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb={12}>
          <Tabs.Tab value="input">Input</Tabs.Tab>
          <Tabs.Tab value="mapped">After mapping</Tabs.Tab>
          <Tabs.Tab value="sent">Sent</Tabs.Tab>
          <Tabs.Tab value="answer">Answer</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="input">
          {item.input ? (
            <JsonTree value={item.input} name={`${item.resource}-${item.record}-input`} label="Input" />
          ) : (
            <EmptyState>The record’s content is no longer kept.</EmptyState>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="mapped">
          {mapped ? <Fields provenance={mapped.provenance} /> : <EmptyState>The record did not come to the mapping.</EmptyState>}
        </Tabs.Panel>
        <Tabs.Panel value="sent">
          {mapped && (item.outcome !== 'failed' || isUnknown) ? (
            <div className="stack-8">
              <p className="small muted">
                {isUnknown
                  ? !waiting || waiting.sent_by === run.id
                    ? 'This was sent; whether it arrived, nobody can tell.'
                    : 'This was not sent: an earlier run’s write of the record is in doubt. It would be sent next.'
                  : run.mode === 'dry-run'
                  ? 'A test run: this would have been written.'
                  : item.outcome === 'unchanged'
                    ? 'Portal had exactly this already, so that nothing was sent.'
                    : 'What Portal was given.'}
              </p>
              <JsonTree value={mapped.fields} name={`${item.resource}-${item.record}-sent`} label="Sent" />
            </div>
          ) : (
            <EmptyState>Nothing was sent: the record failed before.</EmptyState>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="answer">
          <dl className="facts">
            <dt>Outcome</dt>
            <dd>
              <StatusBadge status={item.outcome} />
            </dd>
            <dt>Portal record</dt>
            <dd className="mono">{item.portal ?? 'none'}</dd>
            <dt>Source revision</dt>
            <dd>{item.revision ?? '–'}</dd>
            <dt>Mapping</dt>
            <dd>{mapped ? <Go to={`/mappings/${mapped.mapping.id}`}>{`${mapped.mapping.id} v${mapped.mapping.revision}`}</Go> : '–'}</dd>
          </dl>
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}

function Fields({ provenance }: { provenance: Provenance[] }) {
  return (
    <DataTable<Provenance>
      caption="Fields after mapping"
      rows={provenance}
      rowKey={({ field }) => field}
      columns={[
        { key: 'field', header: 'Portal field', cell: (row) => <span className="strong">{row.field}</span> },
        {
          key: 'from',
          header: 'Comes from',
          cell: (row) => (
            <>
              <code>{row.source_path ?? 'a constant'}</code>
              {row.steps.length > 0 ? <div className="small muted">{row.steps.map(({ conversion }) => conversion).join(' → ')}</div> : null}
            </>
          ),
        },
        {
          key: 'result',
          header: 'Result',
          cell: (row) => (
            <>
              <code>{shortValue(row.result)}</code> {row.defaulted ? <Tag>default</Tag> : null}
            </>
          ),
        },
      ]}
    />
  );
}

/** Sent, no answer, and nobody to ask. */
const OUTCOME_UNKNOWN = 'OUTCOME_UNKNOWN';
const SHOWN_CHARS = 160;

export function shortValue(value: unknown): string {
  if (value === null || value === undefined) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}

const KINDS: Record<string, string> = {
  users: 'users', posts: 'posts', pages: 'pages', media: 'media', comments: 'comments', categories: 'terms', tags: 'terms',
};

/** Portal's kind of a source's kind of record. */
export function kindOf(resource: string): string {
  return KINDS[resource] ?? 'posts';
}
