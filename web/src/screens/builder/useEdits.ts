import { useEffect, useMemo, useState } from 'react';

import type { Builder } from './context';
import { addAfter, addSomewhere, change, connect, disconnect, insertBetween, isRefused, remove, type Added, type Refused } from './edits';
import { type Edge, type Graph, type Kind, edgesTo, flowOrder, stepOf } from './graph';
import { presetsFor } from './presets';
import type { Draft } from './useDraft';
import type { Installation } from './useKnown';
import type { Selection } from './useSelection';
import { KIND_WORDS, titleOf } from './words';

interface Parts {
  readonly draft: Draft;
  readonly installed: Installation;
  readonly selection: Selection;
  readonly say: (text: string) => void;
  readonly hush: () => void;
  readonly startAdding: (id: string | undefined) => void;
}

export type Edits = Pick<Builder, 'addAfter' | 'insert' | 'add' | 'connect' | 'disconnect' | 'remove' | 'change'> & {
  undo(): void;
  redo(): void;
};

/** Every edit: done, or refused with the reason said aloud. */
export function useEdits(parts: Parts): Edits {
  const [latest] = useState(() => latestOf(parts));
  useEffect(() => latest.put(parts));
  return useMemo(() => editsOf(latest.now), [latest]);
}

/** The parts of the newest drawing, for what outlives one: the edits stay the same functions. */
function latestOf(first: Parts) {
  let parts = first;
  return {
    now: () => parts,
    put: (next: Parts) => {
      parts = next;
    },
  };
}

function editsOf(now: () => Parts): Edits {
  const added = (kind: Kind, make: (graph: Graph) => Added | Refused) => {
    const { draft, say, selection, startAdding } = now();
    startAdding(undefined);
    const answer = make(draft.graph);
    if (isRefused(answer)) return say(answer.refused);
    draft.edit(answer.graph, `Add ${KIND_WORDS[kind].name}`);
    say(`${KIND_WORDS[kind].name} added`);
    selection.select(answer.id, 'focus');
  };
  const presets = (kind: Kind, anchor: string | undefined) => presetsFor(kind, now().draft.graph, anchor, now().installed);
  return {
    addAfter: (id, kind, branch) => added(kind, (graph) => addAfter(graph, id, kind, presets(kind, id), branch)),
    insert: (edge, kind) => added(kind, (graph) => insertBetween(graph, edge, kind, presets(kind, edge.from))),
    add: (kind) => {
      const anchor = now().selection.selected?.id;
      added(kind, (graph) => addSomewhere(graph, anchor, kind, presets(kind, anchor)));
    },
    connect: (from, to, branch) => {
      const { draft, say } = now();
      const answer = connect(draft.graph, from, to, branch);
      if (isRefused(answer)) return say(answer.refused);
      const [source, target] = [stepOf(answer, from), stepOf(answer, to)];
      draft.edit(answer, 'Connect two steps');
      if (source && target) say(`${titleOf(source)} now leads to ${titleOf(target)}`);
    },
    disconnect: (edge: Edge) => {
      const { draft, say } = now();
      draft.edit(disconnect(draft.graph, edge), 'Disconnect two steps');
      say('Connection removed. Ctrl Z brings it back.');
    },
    remove: (id) => {
      const { draft, say, selection } = now();
      const step = stepOf(draft.graph, id);
      if (!step) return;
      const next = edgesTo(draft.graph, id)[0]?.from ?? flowOrder(draft.graph).find((one) => one !== id);
      draft.edit(remove(draft.graph, id), `Remove ${titleOf(step)}`);
      say(`${titleOf(step)} removed. Ctrl Z brings it back.`);
      selection.select(next, 'focus');
    },
    change: (id, settings, label) => {
      const { draft, hush } = now();
      hush();
      const key = `${id} ${Object.keys(settings).join(' ')}`;
      draft.edit(change(draft.graph, id, settings), label ?? 'Change the settings', key);
    },
    undo: () => {
      const { draft, say } = now();
      if (draft.undoable === undefined) return say('There is nothing to undo');
      say(`Undone: ${draft.undoable}`);
      draft.undo();
    },
    redo: () => {
      const { draft, say } = now();
      if (draft.redoable === undefined) return say('There is nothing to redo');
      say(`Done again: ${draft.redoable}`);
      draft.redo();
    },
  };
}
