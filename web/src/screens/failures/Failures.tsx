import './failures.css';

import { Button, Menu, SegmentedControl } from '@mantine/core';
import { Fragment, useState } from 'react';

import { useScenarioNames } from '../../api/names';
import { asApiError } from '../../api/problem';
import { useRead, useWrite } from '../../api/queries';
import type { Failure, FailureState } from '../../api/schema';
import { useFilters, useGo, usePathValues } from '../../app/go';
import { Act, ActItem } from '../../parts/Act';
import { Go, GoButton } from '../../parts/Go';
import { Icon } from '../../parts/Icon';
import { Page } from '../../parts/Page';
import { Pager } from '../../parts/DataTable';
import { EmptyState, ErrorPanel, Loaded } from '../../parts/States';
import { StatusBadge } from '../../parts/StatusBadge';
import { TimeAgo } from '../../parts/TimeAgo';
import { count, number, sentence, words } from '../../parts/format';
import { toast } from '../../parts/toasts';
import { usePages } from '../../parts/usePages';
import { Spark } from './Spark';
import { byRun, placeOf, remedyOf } from './place';

const STATES: FailureState[] = ['open', 'acknowledged', 'resolved', 'ignored'];

/** What failed, by its reason. */
export function Failures() {
  const { group } = usePathValues();
  const [search, change] = useFilters();
  // Who follows a link to one failure sees it, whatever was decided about it.
  const linked = useRead(
    ['failure', group],
    'GET /api/v1/failures/{id}',
    { path: { id: group ?? '' } },
    { enabled: group !== undefined && search['state'] === undefined, retry: false },
  );
  const state = STATES.find((one) => one === search['state']) ?? linked.data?.state ?? 'open';
  const list = usePages(['failure', 'list'], 'GET /api/v1/failures', { query: { state } });
  return (
    <Page title="Failures">
      <div className="stack">
        <SegmentedControl
          value={state}
          onChange={(next) => change({ state: next === 'open' && group === undefined ? undefined : next })}
          aria-label="State"
          className="state-choice"
          data={STATES.map((value) => ({ value, label: words(value) }))}
        />
        <section className="card" aria-label={`${words(state)} failures`}>
          {linked.error ? <ErrorPanel error={linked.error} unchanged /> : null}
          <Loaded of={list} rows={4} height={84}>
            {({ items }) =>
              items.length === 0 ? (
                <EmptyState icon="circle-check" action={<GoButton to="/runs" variant="default">See the runs</GoButton>}>
                  {state === 'open' ? 'No failure waits for a decision.' : `No failure is ${state}.`}
                </EmptyState>
              ) : (
                <>
                  <ul>
                    {items.map((each) => (
                      <Group key={each.id} group={each} isCurrent={each.id === group} />
                    ))}
                  </ul>
                  <Pager {...list.pager} />
                </>
              )
            }
          </Loaded>
        </section>
      </div>
    </Page>
  );
}

function Group({ group, isCurrent }: { group: Failure; isCurrent: boolean }) {
  const go = useGo();
  const nameOf = useScenarioNames();
  const set = useWrite('POST /api/v1/failures/{id}/state', {
    topics: ['failure', 'overview'],
    onDone: () => toast('Saved'),
  });
  const retry = useWrite('POST /api/v1/retries', {
    topics: ['run', 'failure'],
    onDone: ({ runs, not_recorded }) => {
      const [first] = runs;
      if (first) go(`/runs/${first.run}`);
      else toast(not_recorded > 0 ? 'These records could not be read then: only a new run can read them' : 'Nothing of it fails any more', { tone: 'info' });
    },
  });
  const { item } = group.example;
  const example = `/runs/${group.example.run}${item ? `/records/${encodeURIComponent(item)}` : ''}`;
  const isAccess = remedyOf(group) === 'access';
  return (
    <li className="failure" aria-current={isCurrent || undefined} id={group.id}>
      <span className="mark-err">
        <Icon name={isAccess ? 'key' : 'alert-octagon'} />
      </span>
      <div className="grow stack-4">
        <p>
          <span className="strong">{count(group.count, 'record')}</span> · {group.field ? <code>{group.field}</code> : null}{' '}
          {sentence(group.message)}
        </p>
        <p className="small muted">
          <Go to={`/scenarios/${group.scenario}/builder`}>{nameOf(group.scenario)}</Go>, step{' '}
          {group.step} · first <TimeAgo at={group.first_at} />, last <TimeAgo at={group.last_at} /> ·{' '}
          <span className="mono">{group.code}</span>
        </p>
        {group.undecided > 0 ? <Undecided group={group} /> : null}
        {group.remedy && group.undecided === 0 ? <p className="small">What to do: {sentence(group.remedy)}</p> : null}
        {set.error ? <ErrorPanel error={set.error} unchanged /> : null}
        {retry.error ? <ErrorPanel error={retry.error} unchanged /> : null}
      </div>
      <Spark days={group.days} />
      <StatusBadge status={group.state} />
      <div className="row">
        <Fix group={group} />
        <GoButton to={example} variant="default" size="xs">
          Example
        </GoButton>
        {group.fetch || group.undecided > 0 ? null : (
          <Act
            does="POST /api/v1/retries"
            variant={remedyOf(group) ? 'default' : 'filled'}
            size="xs"
            loading={retry.isPending}
            disabled={group.count === 0}
            onClick={() => retry.mutate({ body: { filter: { failure: group.id }, version: 'newest', dry_run: false } })}
          >
            {group.count > 0 ? `Retry ${number(group.count)}` : 'Retry'}
          </Act>
        )}
        <Menu position="bottom-end">
          <Menu.Target>
            <Button size="xs" variant="default" rightSection={<Icon name="chevron-down" size={14} />}>
              Mark as
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {STATES.filter((state) => state !== group.state).map((state) => (
              <ActItem does="POST /api/v1/failures/{id}/state" key={state} onClick={() => set.mutate({ path: { id: group.id }, body: { state } })}>
                {words(state)}
              </ActItem>
            ))}
          </Menu.Dropdown>
        </Menu>
      </div>
    </li>
  );
}

const RUNS_SHOWN = 5;

/** What waits for a person is no failure that a retry could mend: how much, and the runs in which it is decided. */
function Undecided({ group }: { group: Failure }) {
  const items = useRead(['failure', group.id, 'items'], 'GET /api/v1/failures/{id}/items', { path: { id: group.id }, query: { limit: 500 } });
  const runs = byRun(items.data?.items ?? []);
  return (
    <p className="small">
      <span className="strong">{count(group.undecided, 'record')} {group.undecided === 1 ? 'waits' : 'wait'} for a decision</span>: sent without an answer, and
      nobody can tell whether {group.undecided === 1 ? 'it' : 'they'} arrived. No retry sends {group.undecided === 1 ? 'it' : 'them'}.{' '}
      {runs.slice(0, RUNS_SHOWN).map(({ run, many }) => (
        <Fragment key={run}>
          <Go to={`/runs/${run}`}>Decide about {number(many)}</Go>{' '}
        </Fragment>
      ))}
      {runs.length > RUNS_SHOWN ? `and more in ${count(runs.length - RUNS_SHOWN, 'other run')}` : null}
    </p>
  );
}

/** Leads to where it is put right. */
function Fix({ group }: { group: Failure }) {
  const go = useGo();
  const [isBusy, setBusy] = useState(false);
  const remedy = remedyOf(group);
  if (!remedy) return null;
  const open = async () => {
    setBusy(true);
    try {
      const place = await placeOf(group);
      if (place) go(place);
      else toast('The step is not part of the scenario any more: see the newest runs', { tone: 'info' });
    } catch (error) {
      toast(sentence(asApiError(error).detail), { tone: 'err' });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button size="xs" loading={isBusy} onClick={() => void open()}>
      {remedy === 'access' ? 'Re-authorise' : 'Fix mapping'}
    </Button>
  );
}
