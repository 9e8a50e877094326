// Live updates. One tab of a browser holds the stream and tells the others: a browser opens only six connections to a
// host. Whoever holds the lock leads; a page that was hidden for a minute lets go of it.
import type { Changed } from './schema';

export type LiveState = 'connecting' | 'live' | 'stale' | 'paused';
export interface LiveStatus { state: LiveState; since: number }
export type LiveMessage =
  | { kind: 'changed'; changed: Changed }
  | { kind: 'reset' }
  | { kind: 'status'; status: LiveStatus };

const CHANNEL = 'portal-live';
const HIDDEN_MS = 60_000;
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000];
/** The server sends a heartbeat every 15 seconds; EventSource does not show it, so this is for the first answer. */
const OPEN_PATIENCE_MS = 10_000;

type Listener = (message: LiveMessage) => void;

class Live {
  private listeners = new Set<Listener>();
  private statusListeners = new Set<() => void>();
  private current: LiveStatus = { state: 'connecting', since: Date.now() };
  private channel: BroadcastChannel | undefined;
  private source: EventSource | undefined;
  private lastId: string | undefined;
  private failures = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private hidden: ReturnType<typeof setTimeout> | undefined;
  private letGo: (() => void) | undefined;
  private wanting: AbortController | undefined;
  private isLeader = false;

  start(): () => void {
    if (typeof EventSource === 'undefined') return () => undefined;
    this.channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(CHANNEL);
    this.channel?.addEventListener('message', this.heard);
    document.addEventListener('visibilitychange', this.seen);
    window.addEventListener('online', this.online);
    if (document.visibilityState === 'hidden') this.seen();
    else this.lead();
    return () => this.stop();
  }

  private stop(): void {
    this.release();
    clearTimeout(this.hidden);
    document.removeEventListener('visibilitychange', this.seen);
    window.removeEventListener('online', this.online);
    this.channel?.close();
    this.channel = undefined;
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.statusListeners.add(listener);
    return () => this.statusListeners.delete(listener);
  };

  status = (): LiveStatus => this.current;

  private online = (): void => {
    if (this.isLeader && this.current.state === 'stale') this.open();
  };

  private seen = (): void => {
    clearTimeout(this.hidden);
    if (document.visibilityState === 'hidden') {
      this.hidden = setTimeout(() => {
        this.release();
        this.setStatus('paused');
      }, HIDDEN_MS);
      return;
    }
    if (this.current.state === 'paused') {
      // What happened meanwhile is not known here.
      this.tell({ kind: 'reset' }, false);
      this.setStatus('connecting');
    }
    this.lead();
  };

  /** Waits for its turn to hold the stream. */
  private lead(): void {
    if (this.isLeader || this.wanting) return;
    if (!navigator.locks) {
      this.isLeader = true;
      this.open();
      return;
    }
    const wanting = new AbortController();
    this.wanting = wanting;
    navigator.locks
      .request(CHANNEL, { signal: wanting.signal }, () => {
        this.wanting = undefined;
        this.isLeader = true;
        this.open();
        return new Promise<void>((resolve) => {
          this.letGo = resolve;
        });
      })
      .catch(() => undefined);
    // Whoever leads already tells newcomers how it stands.
    this.channel?.postMessage({ kind: 'ask' });
  }

  private release(): void {
    clearTimeout(this.retry);
    this.source?.close();
    this.source = undefined;
    this.wanting?.abort();
    this.wanting = undefined;
    this.isLeader = false;
    this.letGo?.();
    this.letGo = undefined;
  }

  private open(): void {
    clearTimeout(this.retry);
    this.source?.close();
    // EventSource sends Last-Event-ID only when it reconnects by itself; after a refused connection it gives up, and a
    // new one has to say where it goes on. Who has heard nothing yet asks for everything again.
    const mustReset = (this.failures > 0 || this.current.state === 'stale') && !this.lastId;
    const source = new EventSource(this.lastId ? `/api/v1/stream?after=${encodeURIComponent(this.lastId)}` : '/api/v1/stream');
    this.source = source;
    const slow = setTimeout(() => {
      if (source.readyState === EventSource.CONNECTING) this.broken(source);
    }, OPEN_PATIENCE_MS);
    source.addEventListener('open', () => {
      clearTimeout(slow);
      if (mustReset) this.tell({ kind: 'reset' });
      this.failures = 0;
      this.announce('live');
    });
    source.addEventListener('changed', (event) => {
      const message = event as MessageEvent<string>;
      // Of several messages about one position only the last has the id; the others show the id of before.
      this.lastId = message.lastEventId || this.lastId;
      const changed = parse(message.data);
      if (changed) this.tell({ kind: 'changed', changed });
    });
    source.addEventListener('reset', (event) => {
      this.lastId = (event as MessageEvent<string>).lastEventId || this.lastId;
      this.tell({ kind: 'reset' });
    });
    source.addEventListener('error', () => {
      clearTimeout(slow);
      this.broken(source);
    });
  }

  private broken(source: EventSource): void {
    if (source !== this.source) return;
    this.announce('stale');
    if (source.readyState === EventSource.CONNECTING && this.failures === 0) {
      // The browser reconnects by itself, with Last-Event-ID.
      this.failures = 1;
      return;
    }
    source.close();
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? 8_000;
    this.failures += 1;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.open(), wait);
  }

  private announce(state: LiveState): void {
    this.setStatus(state);
    this.channel?.postMessage({ kind: 'status', status: this.current });
  }

  private setStatus(state: LiveState): void {
    if (this.current.state === state) return;
    this.current = { state, since: Date.now() };
    for (const listener of this.statusListeners) listener();
  }

  private tell(message: LiveMessage, others = true): void {
    for (const listener of this.listeners) listener(message);
    if (others) this.channel?.postMessage(message);
  }

  private heard = (event: MessageEvent<LiveMessage | { kind: 'ask' }>): void => {
    const message = event.data;
    if (message.kind === 'ask') {
      if (this.isLeader) this.channel?.postMessage({ kind: 'status', status: this.current });
      return;
    }
    if (message.kind === 'status') {
      if (!this.isLeader && document.visibilityState !== 'hidden') this.setStatus(message.status.state);
      return;
    }
    for (const listener of this.listeners) listener(message);
  };
}

function parse(text: string): Changed | undefined {
  try {
    return JSON.parse(text) as Changed;
  } catch {
    return undefined;
  }
}

export const live = new Live();
