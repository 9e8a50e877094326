import { useCallback, useEffect, useReducer } from 'react';

import type { Mapping } from '../../api/schema';
import { canonical, isObject } from '../builder/graph';
import { type History, begin, record, redo, undo } from '../builder/history';
import { type Definition, readDefinition } from './definition';

interface State {
  readonly history: History<Definition>;
  /** The revision that is edited. */
  readonly base: number;
  readonly stored: Definition;
  /** Rows that were filled by name and not looked at yet. */
  readonly suggested: ReadonlySet<string>;
}

type Action =
  | { readonly kind: 'edit'; readonly definition: Definition; readonly label: string; readonly key: string | undefined; readonly touched: string | undefined }
  | { readonly kind: 'suggest'; readonly definition: Definition; readonly filled: readonly string[] }
  | { readonly kind: 'confirm'; readonly field: string | undefined }
  | { readonly kind: 'undo' | 'redo' }
  | { readonly kind: 'stored'; readonly definition: Definition; readonly revision: number }
  | { readonly kind: 'rebase'; readonly stored: Definition; readonly revision: number };

export interface MappingDraft {
  readonly definition: Definition;
  readonly stored: Definition;
  readonly base: number;
  readonly suggested: ReadonlySet<string>;
  readonly isChanged: boolean;
  readonly undoable: string | undefined;
  readonly redoable: string | undefined;
  /** `key` joins typing into one step of undo; `touched` is the row that was confirmed by editing it. */
  edit(definition: Definition, label: string, touched?: string, key?: string): void;
  suggest(definition: Definition, filled: readonly string[]): void;
  confirm(field?: string): void;
  undo(): void;
  redo(): void;
  /** The server has this now. */
  saved(definition: Definition, revision: number): void;
  /** Somebody else's revision lies between: mine goes on after it. */
  rebase(stored: Definition, revision: number): void;
}

/** A mapping being edited: the server keeps revisions, this browser what is not saved yet. */
export function useMappingDraft(mapping: Mapping, isOld: boolean): MappingDraft {
  const [state, dispatch] = useReducer(reduce, mapping, (shown) => start(shown, isOld));
  const { history, base, stored, suggested } = state;
  const definition = history.present;
  const isChanged = canonical(definition) !== canonical(stored);
  useEffect(() => {
    if (isOld) return;
    if (isChanged) keep(mapping.id, base, definition);
    else forget(mapping.id);
  }, [isOld, mapping.id, base, definition, isChanged]);
  return {
    definition, stored, base, suggested, isChanged,
    undoable: history.past[history.past.length - 1]?.label,
    redoable: history.future[0]?.label,
    edit: useCallback((next, label, touched, key) => dispatch({ kind: 'edit', definition: next, label, touched, key }), []),
    suggest: useCallback((next, filled) => dispatch({ kind: 'suggest', definition: next, filled }), []),
    confirm: useCallback((field) => dispatch({ kind: 'confirm', field }), []),
    undo: useCallback(() => dispatch({ kind: 'undo' }), []),
    redo: useCallback(() => dispatch({ kind: 'redo' }), []),
    saved: useCallback((next, revision) => dispatch({ kind: 'stored', definition: next, revision }), []),
    rebase: useCallback((next, revision) => dispatch({ kind: 'rebase', stored: next, revision }), []),
  };
}

function start(mapping: Mapping, isOld: boolean): State {
  const stored = readDefinition(mapping.definition, mapping.entity);
  const unsaved = isOld ? undefined : kept(mapping.id, mapping.entity);
  return { history: begin(unsaved?.definition ?? stored), base: unsaved?.base ?? mapping.revision, stored, suggested: new Set() };
}

function reduce(state: State, action: Action): State {
  switch (action.kind) {
    case 'edit': {
      const history = record(state.history, action.definition, action.label, action.key);
      return { ...state, history, suggested: without(state.suggested, action.touched) };
    }
    case 'suggest':
      return {
        ...state,
        history: record(state.history, action.definition, 'Map by name'),
        suggested: new Set([...state.suggested, ...action.filled]),
      };
    case 'confirm':
      return { ...state, suggested: action.field === undefined ? new Set() : without(state.suggested, action.field) };
    case 'undo':
      return { ...state, history: undo(state.history)?.history ?? state.history };
    case 'redo':
      return { ...state, history: redo(state.history)?.history ?? state.history };
    case 'stored': {
      const same = canonical(state.history.present) === canonical(action.definition);
      return { ...state, stored: action.definition, base: action.revision, suggested: new Set(), history: same ? state.history : begin(action.definition) };
    }
    case 'rebase':
      return { ...state, stored: action.stored, base: action.revision };
  }
}

function without(set: ReadonlySet<string>, field: string | undefined): ReadonlySet<string> {
  return field === undefined || !set.has(field) ? set : new Set([...set].filter((one) => one !== field));
}

const PREFIX = 'portal-mapping-';

function keep(id: string, base: number, definition: Definition): void {
  try {
    localStorage.setItem(PREFIX + id, JSON.stringify({ base, definition }));
  } catch {
    // No room, or storage is switched off: it lives in this page.
  }
}

export function forget(id: string): void {
  try {
    localStorage.removeItem(PREFIX + id);
  } catch {
    // Nothing was kept then.
  }
}

function kept(id: string, entity: string): { base: number; definition: Definition } | undefined {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(PREFIX + id) ?? 'null');
    if (!isObject(read) || typeof read['base'] !== 'number' || !isObject(read['definition'])) return undefined;
    return { base: read['base'], definition: readDefinition(read['definition'], entity) };
  } catch {
    return undefined;
  }
}
