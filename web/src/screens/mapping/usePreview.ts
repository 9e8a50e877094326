import { useEffect, useRef, useState } from 'react';

import { call } from '../../api/client';
import { type ApiError, asApiError } from '../../api/problem';
import type { Definition, TargetField } from './definition';
import { type Faults, type RecordPreview, faultsOf, withoutFaults } from './preview';

const PAUSE_MS = 200;

export interface Preview {
  /** Results by record, in the order of the samples; those before stay until newer ones are there. */
  readonly records: readonly RecordPreview[];
  /** What is wrong with the mapping itself. */
  readonly faults: Faults;
  /** The results belong to the definition that is shown. */
  readonly isCurrent: boolean;
  readonly error: ApiError | undefined;
}

const NONE: Faults = new Map();

/** What the server's engine makes of the samples. */
export function usePreview(definition: Definition, targets: readonly TargetField[], samples: readonly Record<string, unknown>[]): Preview {
  const [answer, setAnswer] = useState<{ of: Definition; from: typeof samples; records: RecordPreview[]; faults: Faults }>();
  const [error, setError] = useState<ApiError>();
  const isFirst = useRef(true);
  useEffect(() => {
    if (samples.length === 0 || targets.length === 0) return undefined;
    const leaving = new AbortController();
    const ask = async () => {
      try {
        const { records, faults } = await preview(definition, targets, samples, leaving.signal);
        setAnswer({ of: definition, from: samples, records, faults });
        setError(undefined);
      } catch (failed) {
        if (!leaving.signal.aborted) setError(asApiError(failed));
      }
    };
    const timer = setTimeout(() => void ask(), isFirst.current ? 0 : PAUSE_MS);
    isFirst.current = false;
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [definition, targets, samples]);
  return {
    records: answer?.records ?? [],
    faults: answer?.faults ?? NONE,
    isCurrent: answer?.of === definition && answer.from === samples,
    error,
  };
}

async function preview(definition: Definition, targets: readonly TargetField[], samples: readonly Record<string, unknown>[], signal: AbortSignal) {
  const ask = async (asked: Definition) => {
    const body = { definition: { ...asked }, records: samples.map((sample) => ({ ...sample })) };
    const said = await call('POST /api/v1/mappings/preview', { body, signal });
    return said.records as unknown as RecordPreview[];
  };
  try {
    return { records: await ask(definition), faults: NONE };
  } catch (failed) {
    const problem = asApiError(failed);
    if (problem.status !== 422 || problem.problems.length === 0) throw problem;
    const faults = faultsOf(problem.problems);
    try {
      return { records: await ask(withoutFaults(definition, faults, targets)), faults };
    } catch (again) {
      if (signal.aborted) throw again;
      // Not even the sound rows can be tried: the faults say why.
      return { records: [], faults };
    }
  }
}
