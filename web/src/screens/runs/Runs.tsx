import './runs.css';

import { useScenarioNames, useScenarios } from '../../api/names';
import type { Run } from '../../api/schema';
import { useFilters } from '../../app/go';
import { Choice } from '../../parts/Choice';
import { DataTable, Pager } from '../../parts/DataTable';
import { Go, GoButton } from '../../parts/Go';
import { Page } from '../../parts/Page';
import { EmptyState, FilteredEmpty, Loaded } from '../../parts/States';
import { StatusBadge, Tag } from '../../parts/StatusBadge';
import { TimeAgo } from '../../parts/TimeAgo';
import { duration, number } from '../../parts/format';
import { usePages } from '../../parts/usePages';
import { useActorName } from '../audit/useActorName';
import { RunCounts } from './RunCounts';

const PHASES: Array<[string, string]> = [
  ['running', 'Running'],
  ['awaiting-approval', 'Waits for approval'],
  ['paused', 'Paused'],
  ['cancelling', 'Cancelling'],
  ['succeeded', 'Succeeded'],
  ['partly-failed', 'Partly failed'],
  ['failed', 'Failed'],
  ['cancelled', 'Cancelled'],
];

/** What a run does that does not simply ask the source. */
export const KINDS: Partial<Record<Run['kind'], string>> = { retry: 'retry', reimport: 'import again', undo: 'undo' };

/** Every run, newest first. */
export function Runs() {
  const [search, change] = useFilters();
  const scenarios = useScenarios();
  return (
    <Page title="Runs">
      <section className="card" aria-label="Runs">
        <div className="filters">
          <Choice label="Status" value={search['status']} onChange={(status) => change({ status })} options={PHASES} all="Every status" />
          <Choice
            label="Scenario"
            value={search['scenario']}
            onChange={(scenario) => change({ scenario })}
            options={(scenarios.data?.items ?? []).map(({ id, name }) => [id, name])}
            all="Every scenario"
          />
        </div>
        <RunList
          status={search['status']}
          scenario={search['scenario']}
          onClear={() => change({ status: undefined, scenario: undefined })}
          empty={<GoButton to="/scenarios">Choose a scenario to run</GoButton>}
        />
      </section>
    </Page>
  );
}

interface Props {
  status?: string | undefined;
  scenario?: string | undefined;
  /** Of one scenario: its name is in the title. */
  isOfOne?: boolean;
  onClear: () => void;
  empty: React.ReactNode;
}

export function RunList({ status, scenario, isOfOne, onClear, empty }: Props) {
  const nameOf = useScenarioNames();
  const list = usePages(['run', 'list'], 'GET /api/v1/runs', { query: { phase: status, scenario } as never });
  return (
    <Loaded of={list} rows={8} height={52}>
      {({ items }) =>
        items.length === 0 ? (
          status || (scenario && !isOfOne) ? (
            <FilteredEmpty what="runs" onClear={onClear} />
          ) : (
            <EmptyState icon="history" action={empty}>
              Every run will be here, with what became of each record.
            </EmptyState>
          )
        ) : (
          <DataTable<Run>
            caption="Runs"
            rows={items}
            rowKey={({ id }) => id}
            foot={<Pager {...list.pager} />}
            columns={[
              {
                key: 'status',
                header: 'Status',
                cell: (run) => (
                  <Go to={`/runs/${run.id}`} className="plain" aria-label={`${run.phase}: run ${run.id}`}>
                    <StatusBadge status={run.phase} />
                  </Go>
                ),
              },
              {
                key: 'scenario',
                header: isOfOne ? 'Version' : 'Scenario',
                cell: (run) => (
                  <span className="row">
                    {isOfOne ? null : <Go to={`/runs/${run.id}`}>{nameOf(run.scenario)}</Go>}
                    <span className="small muted">v{run.version}</span>
                    {run.mode === 'dry-run' ? <Tag tone="info">test, writes nothing</Tag> : null}
                    {KINDS[run.kind] ? <Tag>{KINDS[run.kind]}</Tag> : null}
                  </span>
                ),
              },
              { key: 'by', header: 'Started by', wide: true, cell: (run) => <StartedBy run={run} /> },
              { key: 'start', header: 'Start', cell: (run) => <TimeAgo at={run.started_at} /> },
              { key: 'took', header: 'Took', wide: true, align: 'right', cell: (run) => took(run) },
              {
                key: 'records',
                header: 'Records',
                width: 150,
                cell: (run) => (
                  <>
                    {number(run.counts.read)}
                    {run.counts.failed > 0 ? <span className="err-text"> · {number(run.counts.failed)} failed</span> : null}
                    <RunCounts counts={run.counts} />
                  </>
                ),
              },
            ]}
          />
        )
      }
    </Loaded>
  );
}

export function StartedBy({ run }: { run: Run }) {
  const nameOf = useActorName();
  if (run.retry_of) return `Retry of ${run.retry_of}`;
  return run.undo_of ? `Undo of ${run.undo_of}` : nameOf(run.actor);
}

export function took(run: Run): string {
  if (!run.ended_at) return '–';
  return duration(new Date(run.ended_at).getTime() - new Date(run.started_at).getTime());
}
