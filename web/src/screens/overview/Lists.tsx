import type { ApiError } from '../../api/problem';
import { isSource } from '../../api/names';
import type { Connection, Listed_Connection, Listed_Scenario, Run, Scenario } from '../../api/schema';
import { GoAct } from '../../parts/Act';
import { DataTable } from '../../parts/DataTable';
import { Go } from '../../parts/Go';
import { Card } from '../../parts/Page';
import { EmptyState, Loaded } from '../../parts/States';
import { StatusBadge } from '../../parts/StatusBadge';
import { number } from '../../parts/format';
import { addressOf, reasonOf } from '../connections/health';
import { RunCounts } from '../runs/RunCounts';

interface Asked<T> {
  data: T | undefined;
  error: ApiError | null;
  isFetching: boolean;
  refetch: () => unknown;
}

const SHOWN = 5;
const WORST = ['failing', 'degraded', 'unknown', 'healthy'];

export function ConnectionsCard({ of }: { of: Asked<Listed_Connection> }) {
  return (
    <Card id="connections" title="Connections" aside={<Go to="/connections" className="small">All connections</Go>} flush>
      <Loaded of={of} rows={3} height={52}>
        {({ items }) => {
          const sources = items
            .filter(isSource)
            .toSorted((a, b) => WORST.indexOf(a.health) - WORST.indexOf(b.health))
            .slice(0, SHOWN);
          if (sources.length === 0) {
            return (
              <EmptyState icon="plug-connected" action={<GoAct does="POST /api/v1/connections" to="/connections/new?app=wordpress">Connect a site</GoAct>}>
                The sites you connect will be here, with their health.
              </EmptyState>
            );
          }
          return (
            <DataTable<Connection>
              caption="Connections"
              rows={sources}
              rowKey={({ id }) => id}
              columns={[
                {
                  key: 'site',
                  header: 'Site',
                  cell: (connection) => (
                    <>
                      <Go to={`/connections/${connection.id}/status`}>{connection.name}</Go>
                      <div className="mono muted">{addressOf(connection)}</div>
                    </>
                  ),
                },
                {
                  key: 'health',
                  header: 'Health',
                  cell: (connection) => (
                    <>
                      <StatusBadge status={connection.phase === 'live' ? connection.health : connection.phase} />
                      <div className="small muted">{reasonOf(connection)}</div>
                    </>
                  ),
                },
              ]}
            />
          );
        }}
      </Loaded>
    </Card>
  );
}

export function ScenariosCard({ of, runs }: { of: Asked<Listed_Scenario>; runs: Run[] }) {
  return (
    <Card id="scenarios" title="Scenarios" aside={<Go to="/scenarios" className="small">All scenarios</Go>} flush>
      <Loaded of={of} rows={3} height={52}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon="route" action={<GoAct does="POST /api/v1/scenarios" to="/scenarios?panel=new" variant="default">New scenario</GoAct>}>
              Scenarios say what is read, how it is mapped, and where it is written.
            </EmptyState>
          ) : (
            <DataTable<Scenario>
              caption="Scenarios"
              rows={items.slice(0, SHOWN)}
              rowKey={({ id }) => id}
              columns={[
                {
                  key: 'name',
                  header: 'Scenario',
                  cell: (scenario) => <Go to={`/scenarios/${scenario.id}/builder`}>{scenario.name}</Go>,
                },
                { key: 'state', header: 'State', cell: (scenario) => (scenario.off ? 'Off' : scenario.version > 0 ? 'On' : 'Draft') },
                {
                  key: 'run',
                  header: 'Last run',
                  cell: ({ id }) => {
                    const last = runs.find(({ scenario }) => scenario === id);
                    return last ? (
                      <Go to={`/runs/${last.id}`} className="plain">
                        <StatusBadge status={last.phase} />
                      </Go>
                    ) : (
                      <span className="muted">Never</span>
                    );
                  },
                },
                {
                  key: 'records',
                  header: 'Records',
                  cell: ({ id }) => {
                    const last = runs.find(({ scenario }) => scenario === id);
                    if (!last) return <span className="muted">–</span>;
                    return (
                      <>
                        {number(last.counts.read)}
                        {last.counts.failed > 0 ? (
                          <span className="err-text"> · {number(last.counts.failed)} failed</span>
                        ) : null}
                        <RunCounts counts={last.counts} />
                      </>
                    );
                  },
                },
              ]}
            />
          )
        }
      </Loaded>
    </Card>
  );
}
