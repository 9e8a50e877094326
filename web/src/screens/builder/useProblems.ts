import { useEffect, useMemo, useState } from 'react';

import { call } from '../../api/client';
import type { Graph } from './graph';
import { type Known, type Problem, type ServerAnswer, check, merge } from './rules';

const PAUSE_MS = 300;

export interface Problems {
  readonly all: readonly Problem[];
  /** Nothing was judged yet: what the page has loaded so far may be older than the draft. */
  readonly isFirst: boolean;
  /** The server has judged exactly this graph. */
  readonly isJudged: boolean;
  of(step: string): readonly Problem[];
}

/** The local rules at once, the server's a moment later. */
export function useProblems(scenario: string, graph: Graph, known: Known): Problems {
  const [answer, setAnswer] = useState<ServerAnswer>();
  const [isFirst, setFirst] = useState(true);
  const local = useMemo(() => check(graph, known), [graph, known]);

  // What the graph names may have changed as well: then the server is asked again.
  const question = useMemo(() => ({ graph, known }), [graph, known]);
  useEffect(() => {
    const leaving = new AbortController();
    const timer = setTimeout(() => {
      const asked = call('POST /api/v1/scenarios/{id}/validate', {
        path: { id: scenario },
        body: { graph: { ...question.graph } },
        signal: leaving.signal,
      });
      // The local rules stay when the server cannot be asked.
      asked
        .then((said) => setAnswer({ graph: question.graph, problems: said.problems as Problem[] }))
        .catch(() => undefined)
        .finally(() => leaving.signal.aborted || setFirst(false));
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [scenario, question]);

  return useMemo(() => {
    const all = isFirst ? [] : merge(local, answer, graph);
    const byStep = new Map<string, Problem[]>();
    for (const problem of all) {
      if (typeof problem.node !== 'string') continue;
      byStep.set(problem.node, [...(byStep.get(problem.node) ?? []), problem]);
    }
    return { all, isFirst, isJudged: answer?.graph === graph, of: (step) => byStep.get(step) ?? [] };
  }, [local, answer, graph, isFirst]);
}
