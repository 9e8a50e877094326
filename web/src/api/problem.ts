import type { Problem } from './schema';

/** Everything that can go wrong with a call, as one type: what, why, and what to do next. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly remedy: string;
  readonly field: string | undefined;
  readonly requestId: string | undefined;
  /** Several problems of one request, or the stages of a failed test. */
  readonly problems: Array<Record<string, unknown>>;

  constructor(problem: Omit<Partial<Problem>, 'status'> & { status: number }) {
    super(problem.detail ?? problem.title ?? 'The request failed');
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code ?? 'UNKNOWN';
    this.title = problem.title ?? 'The request failed';
    this.detail = problem.detail ?? '';
    this.remedy = problem.remedy ?? '';
    this.field = problem.field ?? undefined;
    this.requestId = problem.request_id;
    this.problems = problem.problems ?? [];
  }

  /** The server could not be reached at all. */
  get isOffline(): boolean {
    return this.status === 0;
  }
}

export function offline(): ApiError {
  return new ApiError({
    status: 0,
    code: 'NOT_CONNECTED',
    title: 'Not connected',
    detail: 'the server does not answer',
    remedy: 'check that it is running and that you are online; this page tries again by itself',
  });
}

/** The error that an answer carries, also when it is not problem+json. */
export async function problemOf(response: Response): Promise<ApiError> {
  const kind = response.headers.get('content-type') ?? '';
  const requestId = response.headers.get('x-request-id') ?? undefined;
  if (kind.includes('json')) {
    try {
      const body = (await response.json()) as Partial<Problem>;
      return new ApiError({ request_id: requestId, ...body, status: response.status });
    } catch {
      // Not JSON after all: the answer below says as much as is known.
    }
  }
  return new ApiError({
    status: response.status,
    code: response.status === 502 || response.status === 504 ? 'NOT_CONNECTED' : 'UNEXPECTED_ANSWER',
    title: `The server answered ${response.status}`,
    detail: `the answer is not one of the API (${kind || 'no content type'})`,
    remedy: 'try again; if it stays, look into the log of the server',
    request_id: requestId,
  });
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ApiError({ status: -1, code: 'CONSOLE', title: 'The console failed', detail, remedy: 'reload the page' });
}
