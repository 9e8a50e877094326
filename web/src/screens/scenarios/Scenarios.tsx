import './scenarios.css';

import { useCallback, useState } from 'react';

import { useRead, useWrite } from '../../api/queries';
import type { Run, Scenario } from '../../api/schema';
import { useFilters } from '../../app/go';
import { ActSwitch, GoAct } from '../../parts/Act';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { DataTable, Pager } from '../../parts/DataTable';
import { Go } from '../../parts/Go';
import { Page } from '../../parts/Page';
import { Search } from '../../parts/Search';
import { EmptyState, ErrorPanel, FilteredEmpty, Loaded } from '../../parts/States';
import { StatusBadge, Tag } from '../../parts/StatusBadge';
import { TimeAgo } from '../../parts/TimeAgo';
import { toast } from '../../parts/toasts';
import { usePages } from '../../parts/usePages';
import { NewScenario } from './NewScenario';
import { isEdited } from './state';

const RUNS = 200;

/** Every scenario, with what it did lately. */
export function Scenarios() {
  const [search, change] = useFilters();
  const { q } = search;
  const list = usePages(['scenario', 'list'], 'GET /api/v1/scenarios', { query: { q } as never });
  const runs = useRead(['run', 'list'], 'GET /api/v1/runs', { query: { limit: RUNS } });
  const onSearch = useCallback((value: string | undefined) => change({ q: value }), [change]);
  const [turningOff, setTurningOff] = useState<Scenario>();
  const on = useWrite('POST /api/v1/scenarios/{id}/turn-on', { topics: ['scenario'], onDone: () => toast('Turned on') });
  const off = useWrite('POST /api/v1/scenarios/{id}/turn-off', {
    topics: ['scenario'],
    onDone: () => {
      setTurningOff(undefined);
      toast('Turned off');
    },
  });
  const add = <GoAct does="POST /api/v1/scenarios" to="/scenarios?panel=new">New scenario</GoAct>;
  const runsOf = (id: string) => (runs.data?.items ?? []).filter(({ scenario }) => scenario === id);

  return (
    <Page title="Scenarios" actions={add}>
      <div className="stack">
        {on.error ? <ErrorPanel error={on.error} unchanged /> : null}
        <section className="card" aria-label="Scenarios">
          <div className="filters">
            <Search label="Search by name" value={q} onChange={onSearch} />
          </div>
          <Loaded of={list} rows={6} height={56}>
            {({ items }) =>
              items.length === 0 ? (
                q ? (
                  <FilteredEmpty what="scenarios" onClear={() => change({ q: undefined })} />
                ) : (
                  <EmptyState icon="route" action={add}>
                    A scenario says what is read, how it is mapped, and where it is written. Begin with one that is ready.
                  </EmptyState>
                )
              ) : (
                <DataTable<Scenario>
                  caption="Scenarios"
                  rows={items}
                  rowKey={({ id }) => id}
                  foot={<Pager {...list.pager} />}
                  columns={[
                    {
                      key: 'name',
                      header: 'Scenario',
                      cell: (row) => (
                        <span className="row">
                          <Go to={`/scenarios/${row.id}/builder`}>{row.name}</Go>
                          {isEdited(row) ? <Tag tone="info">{row.version > 0 ? 'draft changed' : 'draft'}</Tag> : null}
                        </span>
                      ),
                    },
                    {
                      key: 'state',
                      header: 'State',
                      width: 110,
                      cell: (row) =>
                        row.version === 0 ? (
                          <span className="muted">Not live yet</span>
                        ) : (
                          <ActSwitch does={row.off ? 'POST /api/v1/scenarios/{id}/turn-on' : 'POST /api/v1/scenarios/{id}/turn-off'}
                            size="sm"
                            checked={!row.off}
                            label={row.off ? 'Off' : 'On'}
                            aria-label={`${row.name}: ${row.off ? 'off' : 'on'}`}
                            disabled={on.isPending}
                            onChange={(event) =>
                              event.currentTarget.checked ? on.mutate({ path: { id: row.id } }) : setTurningOff(row)
                            }
                          />
                        ),
                    },
                    {
                      key: 'last',
                      header: 'Last run',
                      cell: (row) => {
                        const last = runsOf(row.id)[0];
                        const next = row.next_run_at ? (
                          <span className="small muted">
                            Next <TimeAgo at={row.next_run_at} />
                          </span>
                        ) : null;
                        if (!last) return <span className="row">{next ?? <span className="muted">Never</span>}</span>;
                        return (
                          <span className="row">
                            <Go to={`/runs/${last.id}`} className="plain">
                              <StatusBadge status={last.phase} />
                            </Go>
                            <span className="small muted">
                              <TimeAgo at={last.started_at} />
                            </span>
                            {next}
                          </span>
                        );
                      },
                    },
                    { key: 'runs', header: 'Newest runs', wide: true, cell: (row) => <RunBars runs={runsOf(row.id)} /> },
                    {
                      key: 'version',
                      header: 'Version',
                      align: 'right',
                      wide: true,
                      cell: (row) => (row.version > 0 ? <Go to={`/scenarios/${row.id}/versions`}>{`v${row.version}`}</Go> : '–'),
                    },
                    {
                      key: 'open',
                      header: '',
                      label: 'Runs',
                      align: 'right',
                      wide: true,
                      cell: (row) => <Go to={`/scenarios/${row.id}/runs`}>Runs</Go>,
                    },
                  ]}
                />
              )
            }
          </Loaded>
        </section>
      </div>
      {search['panel'] === 'new' ? <NewScenario onClose={() => change({ panel: undefined })} /> : null}
      <ConfirmDialog
        does="POST /api/v1/scenarios/{id}/turn-off"
        isOpen={turningOff !== undefined}
        onClose={() => setTurningOff(undefined)}
        onConfirm={() => turningOff && off.mutate({ path: { id: turningOff.id }, body: {} })}
        title={`Turn off ${turningOff?.name ?? ''}?`}
        confirm="Turn off"
        danger={false}
        isBusy={off.isPending}
        error={off.error}
      >
        <p>No new run begins. A run that is going on finishes. What changes on the site meanwhile waits and is found by the next run.</p>
      </ConfirmDialog>
    </Page>
  );
}

const BARS = 14;

/** The newest runs as small bars, oldest left. */
function RunBars({ runs }: { runs: Run[] }) {
  const shown = runs.slice(0, BARS).toReversed();
  if (shown.length === 0) return <span className="muted">–</span>;
  const good = shown.filter(({ phase }) => phase === 'succeeded').length;
  const text = `${good} of the last ${shown.length} runs succeeded`;
  return (
    <span className="run-bars" role="img" aria-label={text} title={text}>
      {shown.map(({ id, phase }) => (
        <span key={id} data-phase={phase} />
      ))}
    </span>
  );
}
