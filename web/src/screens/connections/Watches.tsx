
import { useRead, useWrite } from '../../api/queries';
import type { UnreadRecord, Watch } from '../../api/schema';
import { Act } from '../../parts/Act';
import { GoButton } from '../../parts/Go';
import { Card } from '../../parts/Page';
import { EmptyState, ErrorPanel, Loaded } from '../../parts/States';
import { TimeAgo } from '../../parts/TimeAgo';
import { count, sentence, words } from '../../parts/format';
import { toast } from '../../parts/toasts';

/** What is kept in step with the site: what was heard, what only a full reading found, and what is missing. */
export function Watches({ connection }: { connection: string }) {
  const watches = useRead(['connection', connection, 'watches'], 'GET /api/v1/connections/{id}/watches', { path: { id: connection } });
  return (
    <Card id="watches" title="Kept in step" flush>
      <Loaded of={watches} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon="refresh" action={<GoButton to="/scenarios" variant="default">See the scenarios</GoButton>}>
              Nothing yet: publish a scenario that begins when something changes.
            </EmptyState>
          ) : (
            <ul className="timeline">
              {items.map((watch) => (
                <Kept key={watch.resource} connection={connection} watch={watch} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}

const UNREAD_SHOWN = 5;

/** What the site sends of these records cannot be read; what Portal has of them stays as it is. */
function Unread({ records }: { records: readonly UnreadRecord[] }) {
  return (
    <div className="note note-warn stack-4">
      <p>
        <strong>{count(records.length, 'record')}</strong> cannot be read. What Portal has of {records.length === 1 ? 'it' : 'them'} stays as it is. Mend {records.length === 1 ? 'it' : 'them'} on the site, then read everything now.
      </p>
      {records.slice(0, UNREAD_SHOWN).map(({ id, code, message, since }) => (
        <p key={id} className="small">
          <span className="mono">{id}</span>: {sentence(message)} (<span className="mono">{code}</span>, since <TimeAgo at={since} />)
        </p>
      ))}
      {records.length > UNREAD_SHOWN ? <p className="small">and {records.length - UNREAD_SHOWN} more</p> : null}
    </div>
  );
}

function week({ week: { heard, missed }, missed_per_cent }: Watch): string {
  const all = heard + missed;
  if (all === 0) return 'no change in the last 7 days';
  if (missed === 0) return `none of ${count(all, 'change')} missed in the last 7 days`;
  return `${missed} of ${count(all, 'change')} in the last 7 days (${missed_per_cent} %) found only by reading everything`;
}

function Kept({ connection, watch }: { connection: string; watch: Watch }) {
  const { resource, sweep } = watch;
  const path = { id: connection };
  const topics = ['connection'];
  const read = useWrite('POST /api/v1/connections/{id}/watches/sweep', { topics, onDone: () => toast('Everything will be read soon') });
  const decide = useWrite('POST /api/v1/connections/{id}/watches/gone', { topics, onDone: () => toast('Saved') });
  const label = watch.sweep_requested ? 'Will be read soon' : 'Read everything now';
  const failed = read.error ?? decide.error;
  return (
    <li>
      <div className="grow stack-4">
        <h3>{words(resource)}</h3>
        <p className="small muted">
          {watch.heard_at ? <>Last heard of a change <TimeAgo at={watch.heard_at} /></> : 'No change was heard of yet'} · {week(watch)}
        </p>
        <p className="small">
          {sweep ? (
            <>
              Everything read <TimeAgo at={sweep.ended} />: {count(sweep.seen, 'record')}, {sweep.missed} missed, {sweep.gone} gone
              {sweep.complete ? '' : `; not complete: ${sentence(sweep.problem ?? 'the reading was broken off')}`}
            </>
          ) : (
            'Not everything was read yet'
          )}
        </p>
        {watch.held > 0 ? (
          <div className="note note-warn stack-4">
            <p className="grow">
              <strong>{count(watch.held, 'record')}</strong> missing from the site, too many to believe it without you: <span className="mono">{watch.held_ids.slice(0, 8).join(', ')}{watch.held > 8 ? ' …' : ''}</span>
            </p>
            <div className="row">
              <Act does="POST /api/v1/connections/{id}/watches/gone" size="xs" color="red" loading={decide.isPending} onClick={() => decide.mutate({ path, body: { resource, approved: true } })}>
                Approve: they are gone
              </Act>
              <Act does="POST /api/v1/connections/{id}/watches/gone" size="xs" variant="default" disabled={decide.isPending} onClick={() => decide.mutate({ path, body: { resource, approved: false } })}>
                Keep them
              </Act>
            </div>
          </div>
        ) : null}
        {watch.unread.length > 0 ? <Unread records={watch.unread} /> : null}
        {failed ? <ErrorPanel error={failed} unchanged /> : null}
      </div>
      <Act does="POST /api/v1/connections/{id}/watches/sweep" size="xs" variant="default" loading={read.isPending} disabled={watch.sweep_requested} aria-label={`${label}: ${resource}`} onClick={() => read.mutate({ path, body: { resource } })}>
        {label}
      </Act>
    </li>
  );
}
