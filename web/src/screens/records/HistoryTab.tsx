import { Button, Slider } from '@mantine/core';

import { useRead } from '../../api/queries';
import { useFilters } from '../../app/go';
import { DataTable } from '../../parts/DataTable';
import { Go } from '../../parts/Go';
import { Icon } from '../../parts/Icon';
import { JsonTree } from '../../parts/JsonTree';
import { EmptyState, Loaded } from '../../parts/States';
import { TimeAgo } from '../../parts/TimeAgo';
import { shortTime } from '../../parts/format';
import { shortValue } from '../runs/ItemPanel';
import { type Change, type Source, changesOf } from './names';

/** How the source's record was before. The place in time stands in the address. */
export function HistoryTab({ source }: { source: Source }) {
  const [search, change] = useFilters();
  const at = search['at'];
  const history = useRead(
    ['record', source.id, 'history'],
    'GET /api/v1/records/{connection}/{resource}/{id}/history',
    { path: { ...source } },
    { retry: false },
  );
  return (
    <Loaded of={history} rows={5}>
      {(answer) => {
        const revisions = answer.items.toSorted((a, b) => a.position - b.position);
        if (revisions.length === 0) return <EmptyState icon="history">Its changes will be here.</EmptyState>;
        const index = at ? revisions.findLastIndex(({ position }) => position <= Number(at)) : revisions.length - 1;
        const chosen = revisions[Math.max(0, index)];
        return (
          <div className="stack history">
            {at && chosen ? (
              <div className="note note-info" role="status">
                <Icon name="history" />
                <span className="grow">You see {shortTime(chosen.at)} (event {at}).</span>
                <Button size="xs" variant="default" onClick={() => change({ at: undefined, tab: 'history' })}>
                  Back to now
                </Button>
              </div>
            ) : null}
            {revisions.length > 1 ? (
              <div className="history-slider">
                <Slider
                  aria-label="Time"
                  label={null}
                  min={0}
                  max={revisions.length - 1}
                  step={1}
                  value={Math.max(0, index)}
                  thumbLabel="Time"
                  onChange={(next) => {
                    const wanted = revisions[next];
                    if (wanted) change({ at: next === revisions.length - 1 ? undefined : String(wanted.position), tab: 'history' });
                  }}
                />
              </div>
            ) : null}
            <DataTable
              caption="Changes of the record"
              rows={revisions.toReversed()}
              rowKey={({ position }) => String(position)}
              current={chosen ? String(chosen.position) : undefined}
              columns={[
                {
                  key: 'at',
                  header: 'When',
                  cell: (row) => (
                    <button type="button" className="link" onClick={() => change({ at: String(row.position), tab: 'history' })}>
                      <TimeAgo at={row.at} />
                    </button>
                  ),
                },
                { key: 'changed', header: 'Changed', cell: (row) => (row.changed.length > 0 ? <code>{row.changed.join(', ')}</code> : 'first seen') },
                { key: 'run', header: 'Run', wide: true, cell: (row) => (row.run ? <Go to={`/runs/${row.run}`}>{row.run}</Go> : '–') },
                { key: 'position', header: 'Event', align: 'right', cell: (row) => row.position },
              ]}
            />
            {at ? <Then source={source} at={at} /> : null}
          </div>
        );
      }}
    </Loaded>
  );
}

/** The record as it was, and what has changed since. */
function Then({ source, at }: { source: Source; at: string }) {
  const key = ['record', source.id];
  const operation = 'GET /api/v1/records/{connection}/{resource}/{id}';
  const now = useRead(key, operation, { path: { ...source } });
  const then = useRead(key, operation, { path: { ...source }, query: { at } as never });
  return (
    <Loaded of={then} rows={4}>
      {(shown) => (
        <div className="stack">
          {now.data ? (
            <DataTable<Change>
              caption="What has changed since"
              rows={changesOf(shown.record, now.data.record)}
              rowKey={({ path }) => path}
              columns={[
                { key: 'path', header: 'Field', cell: (row) => <code>{row.path}</code> },
                { key: 'before', header: 'Then', cell: (row) => <span className="mono">{shortValue(row.before)}</span> },
                { key: 'now', header: 'Now', cell: (row) => <span className="mono">{shortValue(row.now)}</span> },
              ]}
            />
          ) : null}
          <JsonTree value={shown.record} name={`${source.resource}-${source.id}-at-${at}`} label="The record as it was" />
        </div>
      )}
    </Loaded>
  );
}
