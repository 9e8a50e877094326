import { ApiError, offline, problemOf } from './problem';
import type { AllPaths } from './coming';
import { WAITING_READS } from './schema';
import { noteVersion } from './version';

type Key = keyof AllPaths & string;
type Values = Record<string, unknown>;

/** What a call is given, as far as the operation takes it. */
export interface Given<K extends Key> {
  path?: AllPaths[K]['path'];
  query?: AllPaths[K]['query'];
  body?: AllPaths[K]['body'];
  signal?: AbortSignal;
  /** The same key for the same attempt makes a repetition harmless. */
  idempotencyKey?: string;
}

const PATIENCE_MS = 30_000;
/** A read soon after a write waits for that write. */
const OWN_WRITE_MS = 10_000;

let csrf: string | undefined;
let lastWrite: { position: number; at: number } | undefined;
const signedOutListeners = new Set<() => void>();

export function setCsrf(token: string | undefined): void {
  csrf = token;
}

export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

/** Remembers the position of a command's answer, so that the reads after it show it. */
export function notePosition(position: number): void {
  if (!lastWrite || position > lastWrite.position) lastWrite = { position, at: Date.now() };
}

function ownPosition(): number | undefined {
  return lastWrite && Date.now() - lastWrite.at < OWN_WRITE_MS ? lastWrite.position : undefined;
}

export function address(key: string, path: Values = {}, query: Values = {}): string {
  const [, template = ''] = key.split(' ');
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = path[name];
    if (value === undefined || value === null || value === '') throw new Error(`${key} needs ${name}`);
    return encodeURIComponent(String(value));
  });
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text ? `${filled}?${text}` : filled;
}

/** One call of the API. Answers the body, or throws an [`ApiError`]. */
export async function call<K extends Key>(key: K, given: Given<K> = {}): Promise<AllPaths[K]['ok']> {
  const method = key.slice(0, key.indexOf(' '));
  const isRead = method === 'GET';
  const query: Values = { ...given.query };
  if (isRead && WAITING_READS.has(key) && query['min_position'] === undefined) {
    query['min_position'] = ownPosition();
  }
  const ask = () =>
    send(address(key, given.path as Values, query), {
      method,
      headers: headersOf(isRead, given),
      body: given.body === undefined ? null : JSON.stringify(given.body),
      signal: given.signal,
    });
  let response: Response;
  try {
    response = await ask();
  } catch (error) {
    if (!isRead || !(error instanceof ApiError) || error.code !== 'VIEW_BEHIND') throw error;
    // The write is safe; its view is not there yet. What there is, is shown now, and the stream brings the rest.
    delete query['min_position'];
    lastWrite = undefined;
    response = await ask();
  }
  if (response.status === 204) return undefined as AllPaths[K]['ok'];
  const body = (await read(response)) as AllPaths[K]['ok'];
  if (!isRead) noteAnswer(body);
  return body;
}

async function read(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError({
      status: response.status,
      code: 'UNEXPECTED_ANSWER',
      title: 'The answer could not be read',
      detail: 'the server sent something that is not JSON, or the connection broke',
      remedy: 'try again',
    });
  }
}

function headersOf<K extends Key>(isRead: boolean, given: Given<K>): Headers {
  const headers = new Headers({ accept: 'application/json' });
  if (given.body !== undefined) headers.set('content-type', 'application/json');
  if (!isRead) {
    headers.set('idempotency-key', given.idempotencyKey ?? newKey());
    if (csrf) headers.set('x-csrf-token', csrf);
  }
  return headers;
}

function noteAnswer(body: unknown): void {
  const position = (body as { position?: unknown } | null)?.position;
  if (typeof position === 'number') notePosition(position);
}

/** A key of its own for every attempt that is to happen once. */
export function newKey(): string {
  return typeof crypto.randomUUID === 'function'
    ? crypto.randomUUID()
    : Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

interface Sent {
  method: string;
  headers: Headers;
  body?: string | null;
  signal?: AbortSignal | undefined;
  /** Streams may take as long as they like. */
  patience?: number;
}

/** `fetch` with a time limit and one kind of error. */
export async function send(url: string, sent: Sent): Promise<Response> {
  const limit = AbortSignal.timeout(sent.patience ?? PATIENCE_MS);
  const signal = sent.signal ? AbortSignal.any([sent.signal, limit]) : limit;
  let response: Response;
  try {
    response = await fetch(url, {
      method: sent.method,
      headers: sent.headers,
      body: sent.body ?? null,
      signal,
      credentials: 'same-origin',
      cache: 'no-store',
    });
  } catch (error) {
    if (sent.signal?.aborted) throw error;
    throw offline();
  }
  noteVersion(response.headers.get('x-app-version'));
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (response.status === 401 && !url.startsWith('/api/v1/session')) {
    for (const listener of signedOutListeners) listener();
  }
  throw problem;
}

/** Headers of a command that is not sent by [`call`], for example one that answers with a stream. */
export function commandHeaders(accept: string): Headers {
  const headers = new Headers({ accept, 'content-type': 'application/json' });
  if (csrf) headers.set('x-csrf-token', csrf);
  return headers;
}
