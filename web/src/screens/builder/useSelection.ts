import { useCallback, useEffect, useState } from 'react';

import { useFilters } from '../../app/go';
import { type Graph, type Step, stepOf } from './graph';

export interface Selection {
  readonly selected: Step | undefined;
  readonly focusOn: { readonly field: string; readonly nonce: number } | undefined;
  select(id: string | undefined, then?: 'focus' | 'settings'): void;
  /** Selects a step and puts the focus on one of its fields. */
  goTo(id: string, field: string): void;
}

/** Which step is selected: in the address, so that a link leads to it. */
export function useSelection(graph: Graph): Selection {
  const [search, change] = useFilters();
  const [id, setId] = useState<string | undefined>(search['step']);
  const [focusOn, setFocusOn] = useState<Selection['focusOn']>();
  const inAddress = search['step'];
  useEffect(() => {
    if (inAddress === id) return undefined;
    const timer = setTimeout(() => change({ step: id }), 200);
    return () => clearTimeout(timer);
    // Only what is selected here changes the address.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id]);

  const goTo = useCallback((step: string, field: string) => {
    setId(step);
    setFocusOn((before) => ({ field, nonce: (before?.nonce ?? 0) + 1 }));
  }, []);
  const select = useCallback(
    (step: string | undefined, then?: 'focus' | 'settings') => {
      if (step !== undefined && then === 'settings') goTo(step, 'name');
      else {
        setId(step);
        // Another step's settings shall not take the focus.
        setFocusOn(undefined);
      }
      if (step !== undefined && then === 'focus') focusStep(step);
    },
    [goTo],
  );
  return { selected: stepOf(graph, id), focusOn, select, goTo };
}

const HOLD_MS = 600;
const LOOK_MS = 25;

let holds = 0;

/**
 * On the graph or in the outline, whichever is shown. A new step is drawn a moment later, and a menu that is closing
 * takes the focus once more: so it is looked after for a moment, or until the person does something.
 */
function focusStep(id: string): void {
  holds += 1;
  const mine = holds;
  const release = () => {
    holds += 1;
  };
  for (const event of ['keydown', 'pointerdown']) window.addEventListener(event, release, { capture: true, once: true });
  const end = Date.now() + HOLD_MS;
  const name = CSS.escape(id);
  const look = () => {
    if (holds !== mine) return;
    const element = document.querySelector<HTMLElement>(`.react-flow__node[data-id="${name}"], #outline-${name}`);
    if (element && document.activeElement !== element) element.focus({ preventScroll: element.matches('.react-flow__node') });
    if (Date.now() < end) setTimeout(look, LOOK_MS);
  };
  look();
}
