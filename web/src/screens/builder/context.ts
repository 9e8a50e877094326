import { createContext, useContext } from 'react';

import type { Branch, Edge, Graph, Kind, Step } from './graph';
import type { Counts } from './overlay';
import type { Problems } from './useProblems';
import type { Installation } from './useKnown';

/** What every part of the builder shows and can do. */
export interface Builder {
  readonly graph: Graph;
  readonly isEditable: boolean;
  readonly installed: Installation;
  readonly problems: Problems;
  readonly counts: Counts | undefined;
  readonly selected: Step | undefined;
  /** The step whose menu of steps to add is open. */
  readonly adding: string | undefined;
  select(id: string | undefined, then?: 'focus' | 'settings'): void;
  startAdding(id: string | undefined): void;
  addAfter(id: string, kind: Kind, branch?: Branch): void;
  insert(edge: Edge, kind: Kind): void;
  add(kind: Kind): void;
  connect(from: string, to: string, branch: Edge['branch']): void;
  disconnect(edge: Edge): void;
  remove(id: string): void;
  change(id: string, settings: Readonly<Record<string, unknown>>, label?: string): void;
  /** Says it to everybody: shown over the graph, and read out. */
  say(text: string): void;
}

export const BuilderContext = createContext<Builder | undefined>(undefined);

export function useBuilder(): Builder {
  const builder = useContext(BuilderContext);
  if (!builder) throw new Error('used outside of the builder');
  return builder;
}
