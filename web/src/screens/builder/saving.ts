// How a draft gets to the server: saved a moment after the last edit, one request at a time, tried again while the
// server cannot be reached, and never written over somebody else's edit. Pure: effects are answered, not done.

export type Status = 'saved' | 'waiting' | 'saving' | 'retrying' | 'conflict' | 'refused';

export interface Saving<D> {
  readonly status: Status;
  /** What the server has, and under which number. */
  readonly stored: D;
  readonly number: number;
  /** What the person sees. */
  readonly mine: D;
  /** What the request in flight carries. */
  readonly sent: D | undefined;
  readonly attempt: number;
  readonly theirs: { readonly document: D; readonly number: number } | undefined;
  /** Why the server refuses the document, in its words. */
  readonly refusal: string | undefined;
}

export type Happened<D> =
  | { readonly kind: 'edited'; readonly document: D }
  | { readonly kind: 'sent' }
  | { readonly kind: 'stored'; readonly changed: boolean }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'refused'; readonly why: string }
  /** Somebody else saved: what the server has now. */
  | { readonly kind: 'overtaken'; readonly document: D; readonly number: number }
  | { readonly kind: 'take-theirs' }
  | { readonly kind: 'keep-mine' };

const PAUSE_MS = 600;
const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000] as const;

export function opened<D>(document: D, number: number): Saving<D> {
  return {
    status: 'saved', stored: document, number, mine: document, sent: undefined,
    attempt: 0, theirs: undefined, refusal: undefined,
  };
}

/** `same` compares documents by meaning. */
export function step<D>(state: Saving<D>, event: Happened<D>, same: (a: D, b: D) => boolean): Saving<D> {
  switch (event.kind) {
    case 'edited':
      return edited(state, event.document, same);
    case 'sent':
      return { ...state, status: state.attempt > 0 ? 'retrying' : 'saving', sent: state.mine };
    case 'stored': {
      const stored = state.sent ?? state.mine;
      const number = event.changed ? state.number + 1 : state.number;
      const status = same(stored, state.mine) ? 'saved' : 'waiting';
      return { ...state, status, stored, number, sent: undefined, attempt: 0, refusal: undefined };
    }
    case 'unreachable':
      return { ...state, status: 'retrying', sent: undefined, attempt: state.attempt + 1 };
    case 'refused':
      return { ...state, status: 'refused', sent: undefined, attempt: 0, refusal: event.why };
    case 'overtaken':
      return overtaken(state, event.document, event.number, same);
    case 'take-theirs':
      return state.theirs ? opened(state.theirs.document, state.theirs.number) : state;
    case 'keep-mine': {
      if (!state.theirs) return state;
      const { document, number } = state.theirs;
      return { ...state, status: 'waiting', stored: document, number, sent: undefined, attempt: 0, theirs: undefined };
    }
  }
}

/** How long until the next request; `undefined` when there is nothing to send now. */
export function nextSend<D>(state: Saving<D>): number | undefined {
  if (state.sent !== undefined) return undefined;
  if (state.status === 'waiting') return PAUSE_MS;
  if (state.status === 'retrying') return WAITS_MS[Math.min(state.attempt, WAITS_MS.length) - 1] ?? WAITS_MS[0];
  return undefined;
}

export function inWords<D>(state: Saving<D>): string {
  switch (state.status) {
    case 'saved':
      return 'Saved';
    case 'waiting':
    case 'saving':
      return 'Saving…';
    case 'retrying':
      return 'Not saved, retrying';
    case 'conflict':
      return 'Not saved: changed elsewhere';
    case 'refused':
      return 'Not saved';
  }
}

function edited<D>(state: Saving<D>, document: D, same: (a: D, b: D) => boolean): Saving<D> {
  const mine = { ...state, mine: document };
  if (state.status === 'conflict' || state.status === 'retrying' || state.sent !== undefined) return mine;
  return { ...mine, status: same(document, state.stored) ? 'saved' : 'waiting', refusal: undefined };
}

function overtaken<D>(state: Saving<D>, document: D, number: number, same: (a: D, b: D) => boolean): Saving<D> {
  // Our own request whose answer was lost: the server has what we sent.
  if (state.sent !== undefined && same(document, state.sent)) {
    const status = same(document, state.mine) ? 'saved' : 'waiting';
    return { ...state, status, stored: document, number, sent: undefined, attempt: 0 };
  }
  if (same(document, state.mine)) return opened(document, number);
  if (same(state.mine, state.stored)) return opened(document, number);
  return { ...state, status: 'conflict', sent: undefined, attempt: 0, theirs: { document, number } };
}
