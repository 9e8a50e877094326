import { Suspense, lazy, useCallback, useEffect, useMemo, useState } from 'react';

import type { Scenario } from '../../api/schema';
import { useFilters } from '../../app/go';
import { areSingleKeysOn, isTyping } from '../../app/shortcuts';
import { useWhyNot } from '../../api/may';
import { useSession } from '../../api/session';
import { Act } from '../../parts/Act';
import { Icon } from '../../parts/Icon';
import { Page } from '../../parts/Page';
import { Frame } from './Frame';
import { HeaderActions } from './HeaderActions';
import { RunBar } from './RunBar';
import { SaveState } from './SaveState';
import { type Builder, BuilderContext } from './context';
import { readGraph, sameGraph } from './graph';
import { type Problem, errorsOf } from './rules';
import { useAnnounce } from './useAnnounce';
import { useDraft } from './useDraft';
import { useEdits } from './useEdits';
import { useInstallation } from './useKnown';
import { useProblems } from './useProblems';
import { useSelection } from './useSelection';
import { useTestRun } from './useTestRun';

const ConflictDialog = lazy(() => import('./ConflictDialog').then((module) => ({ default: module.ConflictDialog })));
const PublishDialog = lazy(() => import('./PublishDialog').then((module) => ({ default: module.PublishDialog })));
const TestRunDialog = lazy(() => import('./TestRunDialog').then((module) => ({ default: module.TestRunDialog })));
const StartEmpty = lazy(() => import('./StartEmpty').then((module) => ({ default: module.StartEmpty })));

type Dialog = 'test' | 'publish' | 'conflict' | undefined;

/** The draft of a scenario, and everything that can be done with it. */
export function Workbench({ scenario }: { scenario: Scenario }) {
  const session = useSession();
  const role = session.data?.role;
  const isEditable = role === undefined || role === 'administrator';
  const [search, changeSearch] = useFilters();
  const draft = useDraft(scenario, isEditable);
  const { graph } = draft;
  const installed = useInstallation(graph);
  const problems = useProblems(scenario.id, graph, installed.known);
  const selection = useSelection(graph);
  const [announced, say, hush] = useAnnounce();
  const [adding, startAdding] = useState<string>();
  const [dialog, setDialog] = useState<Dialog>();
  const [isOutline, setOutline] = useState(search['panel'] === 'outline');
  const test = useTestRun(scenario.id, graph, search['run'], useCallback((run) => changeSearch({ run }), [changeSearch]));
  const edits = useEdits({ draft, installed, selection, say, hush, startAdding });

  const { counts } = test;
  const { selected, select } = selection;
  const builder = useMemo<Builder>(
    () => ({ graph, isEditable, installed, problems, counts, selected, adding, select, startAdding, say, ...edits }),
    [graph, isEditable, installed, problems, counts, selected, adding, select, say, edits],
  );

  const mayNotTest = useWhyNot('POST /api/v1/scenarios/{id}/runs');
  const isEmpty = graph.nodes.length === 0;
  const errors = errorsOf(problems.all).length;
  const isChanged = scenario.version === 0 || !sameGraph(withoutPins(graph), withoutPins(readGraph(scenario.version_graph)));
  const why = blocked(isEmpty, errors, draft.saving.status, problems.isJudged);
  const goTo = (problem: Problem) => {
    if (typeof problem.node === 'string') selection.goTo(problem.node, problem.field ?? 'name');
    else if (problem.code === 'NO_TRIGGER') edits.add('trigger');
  };
  useKeys({
    undo: edits.undo,
    redo: edits.redo,
    test: () => {
      if (mayNotTest !== undefined) say(mayNotTest);
      else if (errors === 0 && !isEmpty) setDialog('test');
      else say('A test run needs a draft without problems');
    },
    outline: () => {
      setOutline((before) => !before);
      say(isOutline ? 'Graph' : 'Outline');
    },
  });

  return (
    <BuilderContext.Provider value={builder}>
      <a className="skip" href="#graph" onClick={(event) => skip(event, selected?.id ?? graph.nodes[0]?.id, select)}>
        Skip to the graph
      </a>
      <Page
        full
        title={scenario.name}
        aside={
          <span className="b-aside">
            <span className="muted nowrap">{versionWords(scenario, isChanged)}</span>
            {scenario.off ? <span className="badge badge-idle tag">Off</span> : null}
            {isEditable ? <SaveState saving={draft.saving} onConflict={() => setDialog('conflict')} /> : null}
          </span>
        }
        actions={
          <>
            <HeaderActions
              scenario={scenario}
              draft={draft}
              edits={edits}
              isEditable={isEditable}
              isOutline={isOutline}
              onOutline={() => setOutline(!isOutline)}
            />
            <Act does="POST /api/v1/scenarios/{id}/runs" hint="Run the draft without writing (Ctrl Enter)" variant="default" leftSection={<Icon name="player-play" size={16} />} disabled={isEmpty || errors > 0} onClick={() => setDialog('test')}>
              Test run
            </Act>
            {isEditable ? (
              <span className="b-publish">
                <Act does="POST /api/v1/scenarios/{id}/publish" disabled={why !== undefined} aria-describedby={why === undefined ? undefined : 'b-why'} onClick={() => setDialog('publish')}>
                  Publish
                </Act>
                {why === undefined ? null : (
                  <span id="b-why" className="b-why">
                    {why}
                  </span>
                )}
              </span>
            ) : (
              <Act does="POST /api/v1/scenarios/{id}/publish">Publish</Act>
            )}
          </>
        }
      >
        <div className="b-body">
          {isEditable ? null : <p className="bar bar-info">Your access key may look at scenarios and not change them.</p>}
          <RunBar test={test} />
          <Frame
            isOutline={isOutline}
            focusOn={selection.focusOn}
            announced={announced}
            onHush={hush}
            onProblem={goTo}
            run={test.run ? { id: test.run.id, items: test.items } : undefined}
            {...(isEmpty ? { empty: <Suspense><StartEmpty scenario={scenario} /></Suspense> } : {})}
          />
        </div>
      </Page>
      <Suspense>
        {dialog === 'test' ? <TestRunDialog test={test} version={scenario.version} isChanged={isChanged} onClose={() => setDialog(undefined)} /> : null}
        {dialog === 'publish' ? <PublishDialog scenario={scenario} draft={draft.saving.number} onClose={() => setDialog(undefined)} /> : null}
        {dialog === 'conflict' ? <ConflictDialog draft={draft} onClose={() => setDialog(undefined)} /> : null}
      </Suspense>
    </BuilderContext.Provider>
  );
}

/** Publishing pins mappings; the draft does not. */
function withoutPins(graph: ReturnType<typeof readGraph>): ReturnType<typeof readGraph> {
  const nodes = graph.nodes.map((step) => {
    const mapping = step['mapping'] as { id?: string } | undefined;
    return mapping?.id === undefined ? step : { ...step, mapping: { id: mapping.id } };
  });
  return { nodes, edges: graph.edges };
}

function versionWords(scenario: Scenario, isChanged: boolean): string {
  if (scenario.version === 0) return 'Not published yet';
  return isChanged ? `v${scenario.version} live · draft ${scenario.draft}` : `v${scenario.version} live`;
}

function blocked(isEmpty: boolean, errors: number, status: string, isJudged: boolean): string | undefined {
  if (isEmpty) return 'Add a trigger first';
  if (errors > 0) return errors === 1 ? '1 problem to solve' : `${errors} problems to solve`;
  if (status === 'conflict') return 'Decide about the other edit';
  if (status === 'retrying' || status === 'refused') return 'The draft is not saved';
  return status === 'saved' && isJudged ? undefined : 'Checking…';
}

function skip(event: React.MouseEvent, id: string | undefined, select: Builder['select']): void {
  event.preventDefault();
  if (id === undefined) document.getElementById('graph')?.focus();
  else select(id, 'focus');
}

interface Keys {
  undo: () => void;
  redo: () => void;
  test: () => void;
  outline: () => void;
}

const SEQUENCE_MS = 1_200;

function useKeys(keys: Keys): void {
  useEffect(() => {
    let went = 0;
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector('[role="dialog"]')) return;
      const isCommand = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      const run = (what: () => void) => {
        event.preventDefault();
        what();
      };
      if (isCommand && key === 'enter') return run(keys.test);
      if (isTyping(event.target)) return;
      if (isCommand && key === 'z') return run(event.shiftKey ? keys.redo : keys.undo);
      if (isCommand && key === 'y') return run(keys.redo);
      if (isCommand || event.altKey || !areSingleKeysOn()) return;
      // After `g` a letter goes somewhere: that is the shell's.
      if (key === 'o' && Date.now() - went > SEQUENCE_MS) return run(keys.outline);
      went = key === 'g' ? Date.now() : 0;
    };
    // Before the shell, which listens on the document.
    window.addEventListener('keydown', press, true);
    return () => window.removeEventListener('keydown', press, true);
  });
}
