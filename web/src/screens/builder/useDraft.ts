import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useReducer, useRef } from 'react';

import { call } from '../../api/client';
import { asApiError } from '../../api/problem';
import type { Scenario } from '../../api/schema';
import { sentence } from '../../parts/format';
import { type Graph, readGraph, sameGraph } from './graph';
import { type History, begin, record, redo, undo } from './history';
import { forget, keep, kept } from './keep';
import { type Happened, type Saving, nextSend, opened, step } from './saving';

interface State {
  readonly history: History<Graph>;
  readonly saving: Saving<Graph>;
}

type Action =
  | { readonly kind: 'edit'; readonly graph: Graph; readonly label: string; readonly key: string | undefined }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' }
  | { readonly kind: 'saving'; readonly event: Happened<Graph> };

export interface Draft {
  readonly graph: Graph;
  readonly saving: Saving<Graph>;
  readonly undoable: string | undefined;
  readonly redoable: string | undefined;
  edit(next: Graph, label: string, key?: string): void;
  undo(): void;
  redo(): void;
  /** Ends a conflict. */
  decide(which: 'take-theirs' | 'keep-mine'): void;
}

/** A scenario's draft: edited here, kept by the server, and in this browser until the server has it. */
export function useDraft(scenario: Scenario, isEditable: boolean): Draft {
  const client = useQueryClient();
  const [state, dispatch] = useReducer(reduce, scenario, start);
  const latest = useRef(state);
  useEffect(() => {
    latest.current = state;
  });
  const told = useCallback((event: Happened<Graph>) => dispatch({ kind: 'saving', event }), []);

  const { saving } = state;
  const wait = isEditable ? nextSend(saving) : undefined;
  useEffect(() => {
    if (wait === undefined) return undefined;
    const timer = setTimeout(() => {
      told({ kind: 'sent' });
      void send(scenario.id, saving.mine, saving.number).then((event) => {
        if (event.kind === 'stored') void client.invalidateQueries({ queryKey: ['scenario'] });
        told(event);
      });
    }, wait);
    return () => clearTimeout(timer);
  }, [wait, saving, scenario.id, told, client]);

  // Somebody else's edit, told by the live stream.
  useEffect(() => {
    const { number, sent } = latest.current.saving;
    if (scenario.draft <= number || sent !== undefined) return;
    told({ kind: 'overtaken', document: readGraph(scenario.draft_graph), number: scenario.draft });
  }, [scenario, told]);

  const { status, mine, number } = saving;
  useEffect(() => {
    if (!isEditable) return;
    if (status === 'saved') forget(scenario.id);
    else keep(scenario.id, number, mine);
  }, [isEditable, scenario.id, status, mine, number]);
  useLastChance(scenario.id, latest);

  const { past, future } = state.history;
  return {
    graph: state.history.present,
    saving,
    undoable: past[past.length - 1]?.label,
    redoable: future[0]?.label,
    edit: useCallback((graph, label, key) => dispatch({ kind: 'edit', graph, label, key }), []),
    undo: useCallback(() => dispatch({ kind: 'undo' }), []),
    redo: useCallback(() => dispatch({ kind: 'redo' }), []),
    decide: useCallback((which) => told({ kind: which }), [told]),
  };
}

function start(scenario: Scenario): State {
  const server = readGraph(scenario.draft_graph);
  const saving = opened(server, scenario.draft);
  const unsent = kept(scenario.id);
  if (!unsent || sameGraph(unsent.graph, server)) return { history: begin(server), saving };
  const edited = step({ ...saving, number: unsent.number }, { kind: 'edited', document: unsent.graph }, sameGraph);
  const same = unsent.number === scenario.draft;
  const now = same ? edited : step(edited, { kind: 'overtaken', document: server, number: scenario.draft }, sameGraph);
  return { history: begin(now.mine), saving: now };
}

function reduce(state: State, action: Action): State {
  switch (action.kind) {
    case 'edit':
      return follow(state, record(state.history, action.graph, action.label, action.key));
    case 'undo':
      return follow(state, undo(state.history)?.history ?? state.history);
    case 'redo':
      return follow(state, redo(state.history)?.history ?? state.history);
    case 'saving': {
      const saving = step(state.saving, action.event, sameGraph);
      const replaced = saving.mine !== state.saving.mine && !sameGraph(saving.mine, state.history.present);
      return { saving, history: replaced ? begin(saving.mine) : state.history };
    }
  }
}

function follow(state: State, history: History<Graph>): State {
  if (history === state.history) return state;
  return { history, saving: step(state.saving, { kind: 'edited', document: history.present }, sameGraph) };
}

async function send(id: string, graph: Graph, expected: number): Promise<Happened<Graph>> {
  try {
    const done = await call('PUT /api/v1/scenarios/{id}/draft', { path: { id }, body: { expected, graph: { ...graph } } });
    return { kind: 'stored', changed: done.changed };
  } catch (error) {
    const { status, detail, title } = asApiError(error);
    if (status === 409) return theirs(id);
    const refused = status === 400 || status === 403 || status === 404 || status === 413 || status === 422;
    return refused ? { kind: 'refused', why: sentence(detail || title) } : { kind: 'unreachable' };
  }
}

async function theirs(id: string): Promise<Happened<Graph>> {
  try {
    const now = await call('GET /api/v1/scenarios/{id}', { path: { id } });
    return { kind: 'overtaken', document: readGraph(now.draft_graph), number: now.draft };
  } catch {
    return { kind: 'unreachable' };
  }
}

/** The page is closed before the pause is over: what this browser keeps is sent the next time. */
function useLastChance(id: string, latest: { readonly current: State }): void {
  useEffect(() => {
    const leave = () => {
      const { status, mine, number } = latest.current.saving;
      if (status !== 'saved') keep(id, number, mine);
    };
    window.addEventListener('pagehide', leave);
    return () => window.removeEventListener('pagehide', leave);
  }, [id, latest]);
}

/** Where a draft can be downloaded from: the same JSON that the command line takes. */
export function draftFile(graph: Graph): Blob {
  return new Blob([JSON.stringify(graph, null, 2)], { type: 'application/json' });
}

