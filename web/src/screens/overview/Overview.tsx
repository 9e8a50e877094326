import './overview.css';

import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';

import { isSource, useConnections, useScenarios } from '../../api/names';
import { useRead } from '../../api/queries';
import type { Overview as Shown } from '../../api/schema';
import { useFilters } from '../../app/go';
import { GoAct } from '../../parts/Act';
import { Go, GoButton } from '../../parts/Go';
import { Icon } from '../../parts/Icon';
import { Card, Page } from '../../parts/Page';
import { EmptyState, ErrorPanel, Loaded, Skeleton } from '../../parts/States';
import { Tag } from '../../parts/StatusBadge';
import { count, duration, number, percent } from '../../parts/format';
import { aboutFailures } from './failing';
import { FirstRun } from './FirstRun';
import { HourChart } from './HourChart';
import { ConnectionsCard, ScenariosCard } from './Lists';

const RANGES = {
  '24h': { label: '24 hours', perBar: 1 },
  '7d': { label: '7 days', perBar: 6 },
  '30d': { label: '30 days', perBar: 24 },
} as const;
type Range = keyof typeof RANGES;

/** How everything stands. */
export function Overview() {
  const [search, change] = useFilters();
  const range: Range = search['range'] === '7d' || search['range'] === '30d' ? search['range'] : '24h';
  const overview = useRead(['overview'], 'GET /api/v1/overview', { query: { range } });
  const connections = useConnections();
  const scenarios = useScenarios();
  const runs = useRead(['run', 'list'], 'GET /api/v1/runs', { query: { limit: 50 } });

  const sources = connections.data?.items.filter(isSource);
  const imports = runs.data?.items.filter(({ mode }) => mode === 'apply');
  const hasImported = imports?.some(({ phase }) => phase === 'succeeded' || phase === 'partly-failed') ?? false;
  const isFirst = sources !== undefined && scenarios.data !== undefined && imports !== undefined && !hasImported;
  // Whoever watches the last step being done sees it ticked off, and the list again only until they leave.
  const [wasFirst, setWasFirst] = useState(false);
  if (isFirst && !wasFirst) setWasFirst(true);

  return (
    <Page
      title="Overview"
      actions={
        <>
          <GoAct does="POST /api/v1/connections" to="/connections/new?app=wordpress" variant={isFirst ? 'filled' : 'default'}>
            Add connection
          </GoAct>
          <GoAct does="POST /api/v1/scenarios" to="/scenarios?panel=new" variant={isFirst ? 'default' : 'filled'}>
            New scenario
          </GoAct>
        </>
      }
    >
      <div className="stack">
        {sources && scenarios.data && imports && (isFirst || wasFirst) ? (
          <FirstRun connections={sources} scenarios={scenarios.data.items} run={imports[0]} hasImported={hasImported} />
        ) : null}
        {isFirst ? null : overview.data ? (
          <Figures shown={overview.data} range={range} onRange={(next) => change({ range: next === '24h' ? undefined : next })} />
        ) : overview.error ? (
          <ErrorPanel error={overview.error} onRetry={() => void overview.refetch()} isRetrying={overview.isFetching} />
        ) : (
          <FiguresSkeleton />
        )}
        {overview.data && overview.data.attention.length > 0 ? <Attention shown={overview.data} /> : null}
        <div className="two-columns">
          <ConnectionsCard of={connections} />
          <ScenariosCard of={scenarios} runs={runs.data?.items ?? []} />
        </div>
        <AppsStrip />
        {overview.data && !isFirst ? <Metrics shown={overview.data} /> : null}
      </div>
    </Page>
  );
}

function Figures({ shown, range, onRange }: { shown: Shown; range: Range; onRange: (range: string) => void }) {
  const { label, perBar } = RANGES[range];
  const tiles = [
    {
      to: '/records',
      name: 'Records imported',
      figure: number(shown.metrics.records_imported),
      about: `${number(shown.records_imported)} in ${label}`,
    },
    {
      to: '/runs',
      name: `Success rate, ${label}`,
      figure: typeof shown.success_rate !== 'number' ? '–' : percent(shown.success_rate),
      about: typeof shown.success_rate !== 'number' ? 'nothing was imported' : `${count(shown.records_failed, 'failure')} in this time`,
    },
    {
      to: '/failures?state=open',
      name: 'Open failures',
      figure: number(shown.open_failures),
      about: aboutFailures(shown.open_failures, shown.undecided),
    },
    {
      to: '/runs',
      name: 'Run time, p95',
      figure: typeof shown.run_time_p95_ms !== 'number' ? '–' : duration(shown.run_time_p95_ms),
      about: '95 of 100 runs are faster',
    },
  ];
  return (
    <>
      <ul className="tiles" aria-label="Figures">
        {tiles.map(({ to, name, figure, about }) => (
          <li key={name}>
            <Go to={to} className="tile">
              <span className="tile-name">{name}</span>
              <span className="tile-figure">{figure}</span>
              <span className="small muted">{about}</span>
            </Go>
          </li>
        ))}
      </ul>
      <Card
        id="hours"
        title={`Records, last ${label}`}
        aside={
          <SegmentedControl
            size="xs"
            value={range}
            onChange={onRange}
            aria-label="Time shown"
            data={Object.entries(RANGES).map(([value, { label: text }]) => ({ value, label: text }))}
          />
        }
      >
        <HourChart hours={shown.hours} perBar={perBar} />
      </Card>
    </>
  );
}

function FiguresSkeleton() {
  return (
    <>
      <div className="tiles">
        {[0, 1, 2, 3].map((tile) => (
          <div key={tile} className="tile">
            <Skeleton rows={1} height={60} />
          </div>
        ))}
      </div>
      <Card title="Records, last 24 hours">
        <Skeleton rows={5} height={44} />
      </Card>
    </>
  );
}

function Attention({ shown }: { shown: Shown }) {
  return (
    <Card id="attention" title="Needs attention" flush>
      <ul className="attention">
        {shown.attention.slice(0, 5).map((entry) => (
          <li key={`${entry.kind}-${String(entry.object['id'])}`}>
            <span className={entry.severity === 'error' ? 'mark-err' : 'mark-warn'}>
              <Icon name={entry.severity === 'error' ? 'circle-x' : 'alert-triangle'} />
            </span>
            <div className="grow">
              <p className="strong">{entry.title}</p>
              <p className="small muted">{entry.detail}</p>
            </div>
            <GoButton to={entry.action.href.replace(/^\/ui(?=\/)/, '')} variant="default" size="xs">
              {entry.action.label}
            </GoButton>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function AppsStrip() {
  const apps = useRead(['app', 'list'], 'GET /api/v1/apps');
  return (
    <Card
      id="apps"
      title="Apps"
      aside={
        <Go to="/apps" className="small">
          All apps
        </Go>
      }
    >
      <Loaded of={apps} rows={1} height={64}>
        {({ items }) => {
          const sources = items.filter(({ roles }) => roles.includes('source'));
          if (sources.length === 0) return <EmptyState>This server has no apps that can be connected.</EmptyState>;
          return (
            <ul className="apps-strip">
              {sources.map((app) => (
                <li key={app.id}>
                  <Go to={`/connections/new?app=${app.id}`} className="app-tile">
                    <Icon name={app.id === 'wordpress' ? 'brand-wordpress' : 'puzzle'} size={24} />
                    <span className="stack-4">
                      <span className="strong">{app.name}</span>
                      <span className="small muted">Add a site</span>
                    </span>
                  </Go>
                </li>
              ))}
              {['monday.com', 'More'].map((name) => (
                <li key={name} className="app-tile app-coming">
                  <Icon name="puzzle" size={24} />
                  <span className="stack-4">
                    <span>{name}</span>
                    <Tag>coming</Tag>
                  </span>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Card>
  );
}

function Metrics({ shown }: { shown: Shown }) {
  const { metrics } = shown;
  const answers = metrics.satisfaction.good + metrics.satisfaction.bad;
  const figures = [
    ['Connections established', number(metrics.connections_established)],
    ['Scenarios created', number(metrics.scenarios_created)],
    ['Records imported', number(metrics.records_imported)],
    ['Error rate', typeof metrics.error_rate !== 'number' ? '–' : percent(metrics.error_rate)],
    ['Satisfied with runs', answers === 0 ? 'no answers yet' : `${number(metrics.satisfaction.good)} of ${number(answers)}`],
  ];
  return (
    <Card id="metrics" title="Since the beginning">
      <dl className="metrics">
        {figures.map(([name, figure]) => (
          <div key={name}>
            <dt className="small muted">{name}</dt>
            <dd className="strong">{figure}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
