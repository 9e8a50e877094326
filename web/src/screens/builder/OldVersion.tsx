import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';

import { useRead, useWrite } from '../../api/queries';
import type { Scenario } from '../../api/schema';
import { useGo } from '../../app/go';
import { Act } from '../../parts/Act';
import { Icon } from '../../parts/Icon';
import { Page } from '../../parts/Page';
import { ErrorPanel, Skeleton } from '../../parts/States';
import { TimeAgo } from '../../parts/TimeAgo';
import { toast } from '../../parts/toasts';
import { Frame } from './Frame';
import { type Builder, BuilderContext } from './context';
import { EMPTY, readGraph } from './graph';
import { forget } from './keep';
import { useAnnounce } from './useAnnounce';
import { useInstallation } from './useKnown';
import { useSelection } from './useSelection';

const NO_PROBLEMS: Builder['problems'] = { all: [], isFirst: false, isJudged: true, of: () => [] };
const nothing = () => undefined;

/** A version as it was published: to look at, and to begin again from. */
export function OldVersion({ scenario, version }: { scenario: Scenario; version: number }) {
  const go = useGo();
  const read = useRead(['scenario', scenario.id, 'version', version], 'GET /api/v1/scenarios/{id}/versions/{version}', { path: { id: scenario.id, version } }, { staleTime: Number.POSITIVE_INFINITY });
  const shown = read.data?.version === version ? read.data : undefined;
  const graph = useMemo(() => (shown ? readGraph(shown.graph) : EMPTY), [shown]);
  const installed = useInstallation(graph);
  const selection = useSelection(graph);
  const [announced, say, hush] = useAnnounce();
  const [isOutline, setOutline] = useState(false);
  const builder = useMemo<Builder>(
    () => ({
      graph, installed, say, isEditable: false, problems: NO_PROBLEMS, counts: undefined, adding: undefined,
      selected: selection.selected, select: selection.select, startAdding: nothing, addAfter: nothing, insert: nothing,
      add: nothing, connect: nothing, disconnect: nothing, remove: nothing, change: nothing,
    }),
    [graph, installed, say, selection.selected, selection.select],
  );
  const restore = useWrite('PUT /api/v1/scenarios/{id}/draft', {
    topics: ['scenario'],
    onDone: () => {
      forget(scenario.id);
      toast(`Version ${version} is the draft now. Publish it to make it live.`);
      go(`/scenarios/${scenario.id}/builder`);
    },
  });
  return (
    <BuilderContext.Provider value={builder}>
      <Page
        full
        title={scenario.name}
        aside={<span className="badge badge-idle tag">Version {version}</span>}
        actions={
          <Button variant="default" aria-pressed={isOutline} leftSection={<Icon name={isOutline ? 'sitemap' : 'list-details'} size={16} />} onClick={() => setOutline(!isOutline)}>
            {isOutline ? 'Graph' : 'Outline'}
          </Button>
        }
      >
        <div className="b-body">
          <div className="bar bar-info" role="status">
            <Icon name="history" />
            <span className="grow">
              You see version {version}
              {shown ? (
                <>
                  , published <TimeAgo at={shown.at} />
                  {shown.note === '' ? '' : `: ${shown.note}`}
                </>
              ) : null}
            </span>
            <Act does="PUT /api/v1/scenarios/{id}/draft" size="xs" variant="default" disabled={!shown} loading={restore.isPending} onClick={() => restore.mutate({ path: { id: scenario.id }, body: { expected: scenario.draft, graph: { ...graph } } })}>
              Restore as draft
            </Act>
            <Button size="xs" variant="default" onClick={() => go(`/scenarios/${scenario.id}/builder`)}>
              Back to the draft
            </Button>
          </div>
          {restore.error ? <ErrorPanel error={restore.error} unchanged /> : null}
          {read.error ? <ErrorPanel error={read.error} onRetry={() => void read.refetch()} isRetrying={read.isFetching} /> : null}
          {shown ? (
            <Frame isOutline={isOutline} focusOn={selection.focusOn} announced={announced} onHush={hush} onProblem={nothing} />
          ) : read.error ? null : (
            <Skeleton rows={8} height={64} />
          )}
        </div>
      </Page>
    </BuilderContext.Provider>
  );
}
