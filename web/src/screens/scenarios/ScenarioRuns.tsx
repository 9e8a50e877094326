import './scenarios.css';

import { useRead, useWrite } from '../../api/queries';
import { useFilters, useGo, usePathValues } from '../../app/go';
import { Act } from '../../parts/Act';
import { Go, GoButton } from '../../parts/Go';
import { Page } from '../../parts/Page';
import { ErrorPanel } from '../../parts/States';
import { RunList } from '../runs/Runs';
import { ScenarioTabs } from './ScenarioTabs';

/** The runs of one scenario, and starting one. */
export function ScenarioRuns() {
  const { id = '' } = usePathValues();
  const [search, change] = useFilters();
  const go = useGo();
  const scenario = useRead(['scenario', id], 'GET /api/v1/scenarios/{id}', { path: { id } });
  const start = useWrite('POST /api/v1/scenarios/{id}/runs', { topics: ['run'], onDone: ({ run }) => go(`/runs/${run}`) });
  const isLive = (scenario.data?.version ?? 0) > 0;
  const run = (isDry: boolean) => start.mutate({ path: { id }, body: isDry ? { dry_run: true, draft: !isLive } : {} });
  return (
    <Page
      title={scenario.data?.name ?? 'Scenario'}
      back={<Go to="/scenarios" className="small">Scenarios</Go>}
      aside={<ScenarioTabs id={id} at="runs" />}
      actions={
        <>
          <Act does="POST /api/v1/scenarios/{id}/runs" variant="default" loading={start.isPending} onClick={() => run(true)}>
            Test run
          </Act>
          {isLive ? (
            <Act does="POST /api/v1/scenarios/{id}/runs" loading={start.isPending} onClick={() => run(false)} disabled={scenario.data?.off ?? false}>
              Import now
            </Act>
          ) : (
            <GoButton to={`/scenarios/${id}/builder`}>Open the builder to publish</GoButton>
          )}
        </>
      }
    >
      <div className="stack">
        {start.error ? <ErrorPanel error={start.error} unchanged /> : null}
        {scenario.data?.off ? <p className="muted">This scenario is off. Turn it on in the list of scenarios to run it.</p> : null}
        <section className="card" aria-label="Runs">
          <RunList
            scenario={id}
            status={search['status']}
            isOfOne
            onClear={() => change({ status: undefined })}
            empty={
              <Act does="POST /api/v1/scenarios/{id}/runs" variant="default" onClick={() => run(true)}>
                Test run, writes nothing
              </Act>
            }
          />
        </section>
      </div>
    </Page>
  );
}
