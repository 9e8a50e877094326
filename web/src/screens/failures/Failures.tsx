import './failures.css';

import { Button, Menu, SegmentedControl } from '@mantine/core';

import { useScenarioNames } from '../../api/names';
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
import { count, sentence, words } from '../../parts/format';
import { toast } from '../../parts/toasts';
import { usePages } from '../../parts/usePages';

const STATES: FailureState[] = ['open', 'acknowledged', 'resolved', 'ignored'];
const CREDENTIALS = /UNAUTHORI|CREDENTIAL|FORBIDDEN|401|403/;

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
  const retry = useWrite('POST /api/v1/runs/{id}/retry', {
    topics: ['run', 'failure'],
    onDone: (answer) => answer.run && go(`/runs/${answer.run}`),
  });
  const { item } = group.example;
  const example = `/runs/${group.example.run}${item ? `/records/${encodeURIComponent(item)}` : ''}`;
  const isAccess = CREDENTIALS.test(group.code);
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
        {group.remedy ? <p className="small">What to do: {sentence(group.remedy)}</p> : null}
        {set.error ? <ErrorPanel error={set.error} unchanged /> : null}
        {retry.error ? <ErrorPanel error={retry.error} unchanged /> : null}
      </div>
      <StatusBadge status={group.state} />
      <div className="row">
        <GoButton to={example} variant="default" size="xs">
          Example
        </GoButton>
        {group.fetch ? null : (
          <Act does="POST /api/v1/runs/{id}/retry"
            size="xs"
            loading={retry.isPending}
            onClick={() =>
              retry.mutate({
                path: { id: group.example.run },
                body: { filter: { outcome: 'failed', code: group.code, step: group.step }, version: 'newest', dry_run: false },
              })
            }
          >
            Retry
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
