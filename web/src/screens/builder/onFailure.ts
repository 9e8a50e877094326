// What a step is told to do when it fails.

import { type Step, isObject } from './graph';

export const TIMES_MAX = 10;
export const WAIT_MAX = 300;

/** How often a step is tried again, and after how many seconds; a number that is not chosen yet is absent. */
export interface Retry {
  readonly times: number | undefined;
  readonly wait: number | undefined;
}

/** As a step begins that is told to try again. */
export const RETRY_PRESET = { do: 'retry', times: 3, wait: 30 } as const;

export function retryOf(step: Step): Retry | undefined {
  const set = step['on_failure'];
  if (!isObject(set) || set['do'] !== 'retry') return undefined;
  return { times: numberOf(set['times']), wait: numberOf(set['wait']) };
}

export function onFailureWords(step: Step): string {
  const retry = retryOf(step);
  if (!retry) return 'stop, after the usual tries';
  return `try again ${retry.times ?? '?'} times, ${retry.wait ?? '?'} seconds apart, then stop`;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
