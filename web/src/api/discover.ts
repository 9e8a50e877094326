// Looking for a site while the checks come in, one by one.
import { commandHeaders, send } from './client';
import type { Discovered, Stage } from './schema';

export interface Check {
  id: string;
  title: string;
  outcome: 'running' | 'passed' | 'warned' | 'failed' | 'skipped';
  detail: string;
  remedy: string;
  tookMs: number | undefined;
}

export type Found = NonNullable<Discovered['found']>;
export type Trouble = NonNullable<Discovered['problem']>;
export interface Looked { found: Found | undefined; problem: Trouble | undefined }

const PATIENCE_MS = 120_000;

export function checkOf(stage: Stage): Check {
  return {
    id: stage.id,
    title: stage.title,
    outcome: stage.result,
    detail: stage.finding,
    remedy: stage.remedy ?? '',
    tookMs: stage.millis,
  };
}

interface Sent {
  stage: string;
  title: string;
  outcome: Check['outcome'];
  detail?: string | null;
  remedy?: string | null;
  took_ms?: number | null;
}

/** Looks at an address; `onCheck` hears of every check as it begins and ends. */
export async function discover(
  body: { app: string; address: string },
  onCheck: (check: Check) => void,
  signal: AbortSignal,
): Promise<Looked> {
  const response = await send('/api/v1/connections/discover', {
    method: 'POST',
    headers: commandHeaders('text/event-stream, application/json;q=0.5'),
    body: JSON.stringify(body),
    signal,
    patience: PATIENCE_MS,
  });
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    const whole = (await response.json()) as Discovered;
    for (const stage of whole.stages) onCheck(checkOf(stage));
    return looked(whole);
  }
  let result: Looked = { found: undefined, problem: undefined };
  for await (const { event, data } of events(response)) {
    if (event === 'check') {
      const sent = JSON.parse(data) as Sent;
      onCheck({
        id: sent.stage,
        title: sent.title,
        outcome: sent.outcome,
        detail: sent.detail ?? '',
        remedy: sent.remedy ?? '',
        tookMs: sent.took_ms ?? undefined,
      });
    } else if (event === 'found') {
      result = looked(JSON.parse(data) as Discovered);
    } else if (event === 'problem') {
      const problem = JSON.parse(data) as { code: string; detail?: string; message?: string; remedy: string };
      result = {
        found: undefined,
        problem: { code: problem.code, message: problem.message ?? problem.detail ?? '', remedy: problem.remedy },
      };
    }
  }
  return result;
}

function looked(whole: Discovered): Looked {
  return { found: whole.found ?? undefined, problem: whole.problem ?? undefined };
}

interface ServerEvent { event: string; data: string }

/** The events of a stream that answers a POST, for which EventSource does not serve. */
export async function* events(response: Response): AsyncGenerator<ServerEvent> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return;
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    rest += (value ?? '').replaceAll('\r\n', '\n');
    const parts = rest.split('\n\n');
    rest = done ? '' : (parts.pop() ?? '');
    for (const part of parts) {
      const event = parsed(part);
      if (event) yield event;
    }
    if (done) return;
  }
}

export function parsed(block: string): ServerEvent | undefined {
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('event:')) event = line.slice(6).trim();
    else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
  }
  return data.length > 0 ? { event, data: data.join('\n') } : undefined;
}
