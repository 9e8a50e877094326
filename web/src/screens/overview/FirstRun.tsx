import type { Connection, Run, Scenario } from '../../api/schema';
import { GoAct } from '../../parts/Act';
import { GoButton } from '../../parts/Go';
import { Icon } from '../../parts/Icon';
import { Card } from '../../parts/Page';

interface Props {
  connections: Connection[];
  scenarios: Scenario[];
  /** The newest import, if one was begun. */
  run: Run | undefined;
  hasImported: boolean;
}

/** Three steps from nothing to the first import. */
export function FirstRun({ connections, scenarios, run, hasImported }: Props) {
  const site = connections[0];
  const scenario = scenarios.find(({ version }) => version > 0) ?? scenarios[0];
  const isConnected = connections.some(({ auth_method, health }) => Boolean(auth_method) || health === 'healthy');
  const isReady = isConnected && scenarios.some(({ version }) => version > 0);
  const steps = [
    {
      title: 'Connect a site',
      about: 'Type the address of your WordPress site and approve on its own page. It takes a minute.',
      isDone: isConnected,
      action:
        site && !isConnected ? (
          <GoAct does="POST /api/v1/connections/{id}/authorise" to={`/connections/${site.id}/access`}>Authorise {site.name}</GoAct>
        ) : (
          <GoAct does="POST /api/v1/connections" to="/connections/new?app=wordpress">Connect a site</GoAct>
        ),
    },
    {
      title: 'Check the mapping',
      about: 'See with real records what Portal will get, field by field, before anything is written.',
      isDone: isReady,
      action: scenario ? (
        <GoButton to={`/scenarios/${scenario.id}/builder`}>Open {scenario.name}</GoButton>
      ) : (
        <GoAct does="POST /api/v1/scenarios" to="/scenarios?panel=new">Choose what to import</GoAct>
      ),
    },
    {
      title: 'Import',
      about: 'Run it once. Every record shows what became of it; a second run writes only what has changed.',
      isDone: hasImported,
      action: run ? (
        <GoButton to={`/runs/${run.id}`}>{isGoingOn(run) ? 'See how it goes' : 'See why it did not succeed'}</GoButton>
      ) : scenario ? (
        <GoAct does="POST /api/v1/scenarios/{id}/runs" to={`/scenarios/${scenario.id}/runs`}>Import now</GoAct>
      ) : (
        <GoButton to="/scenarios">Import now</GoButton>
      ),
    },
  ];
  const next = steps.findIndex(({ isDone }) => !isDone);
  return (
    <Card id="first-run" title={hasImported ? 'Your site is in Portal' : 'From your site to Portal in three steps'}>
      <ol className="checklist">
        {steps.map(({ title, about, isDone, action }, index) => (
          <li key={title} data-next={index === next || undefined} data-done={isDone || undefined}>
            <span className="check-mark" aria-hidden="true">
              {isDone ? <Icon name="check" /> : index + 1}
            </span>
            <div className="grow stack-8">
              <div>
                <h3>
                  {title}
                  <span className="visually-hidden">{isDone ? ', done' : index === next ? ', next' : ''}</span>
                </h3>
                <p className="muted">{about}</p>
              </div>
              {index === next ? <div>{action}</div> : null}
            </div>
            {isDone ? <span className="ok-text small strong">Done</span> : null}
          </li>
        ))}
      </ol>
    </Card>
  );
}

function isGoingOn({ phase }: Run): boolean {
  return phase === 'running' || phase === 'paused' || phase === 'awaiting-approval' || phase === 'cancelling';
}
