// Undo and redo of any document. Edits of the same thing in quick succession (typing) are one step.

export interface Entry<T> {
  readonly document: T;
  /** What was done to get away from this document: "Remove Map fields". */
  readonly label: string;
}

export interface History<T> {
  readonly past: readonly Entry<T>[];
  readonly present: T;
  readonly future: readonly Entry<T>[];
  /** What was edited last, and when, to join what belongs together. */
  readonly last: { readonly key: string; readonly at: number } | undefined;
}

export const STEPS_MAX = 100;
const JOIN_MS = 1_000;

export function begin<T>(present: T): History<T> {
  return { past: [], present, future: [], last: undefined };
}

/** `key` names what is edited ("fetch-1.name"); without one the edit stands for itself. */
export function record<T>(history: History<T>, next: T, label: string, key?: string, now = Date.now()): History<T> {
  if (next === history.present) return history;
  const joins = key !== undefined && history.last?.key === key && now - history.last.at < JOIN_MS;
  const past = joins ? history.past : [...history.past, { document: history.present, label }].slice(-STEPS_MAX);
  return { past, present: next, future: [], last: key === undefined ? undefined : { key, at: now } };
}

export function undo<T>(history: History<T>): { history: History<T>; undone: string } | undefined {
  const entry = history.past[history.past.length - 1];
  if (!entry) return undefined;
  const future = [{ document: history.present, label: entry.label }, ...history.future];
  const past = history.past.slice(0, -1);
  return { history: { past, present: entry.document, future, last: undefined }, undone: entry.label };
}

export function redo<T>(history: History<T>): { history: History<T>; redone: string } | undefined {
  const entry = history.future[0];
  if (!entry) return undefined;
  const past = [...history.past, { document: history.present, label: entry.label }];
  const future = history.future.slice(1);
  return { history: { past, present: entry.document, future, last: undefined }, redone: entry.label };
}
