import { Button } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';

import type { ApiError } from '../api/problem';
import { Icon, type IconName } from './Icon';
import { sentence } from './format';

interface EmptyProps {
  icon?: IconName;
  /** One sentence: what will be here. */
  children: ReactNode;
  /** The one next thing to do. */
  action?: ReactNode;
  more?: ReactNode;
}

export function EmptyState({ icon = 'info-circle', children, action, more }: EmptyProps) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} size={22} />
      </span>
      <p>{children}</p>
      {action}
      {more ? <div className="small muted">{more}</div> : null}
    </div>
  );
}

/** Nothing matches what was asked for. */
export function FilteredEmpty({ what, onClear }: { what: string; onClear: () => void }) {
  return (
    <div className="empty">
      <p>No {what} match.</p>
      <Button variant="default" size="xs" onClick={onClear}>
        Clear filters
      </Button>
    </div>
  );
}

interface ErrorProps {
  error: ApiError;
  /** Of a command that failed: nothing happened. */
  unchanged?: boolean;
  onRetry?: () => void;
  isRetrying?: boolean;
  action?: ReactNode;
}

/** What went wrong where the data would be: cause, what to do, and the id to ask about. */
export function ErrorPanel({ error, unchanged, onRetry, isRetrying, action }: ErrorProps) {
  return (
    <div className="error-panel" role="alert">
      <Icon name="alert-triangle" />
      <div className="grow stack-8">
        <div className="stack-4">
          <p className="strong">{error.title}</p>
          {error.detail ? <p>{sentence(error.detail)}</p> : null}
          {error.remedy ? <p>What to do: {error.remedy}.</p> : null}
          {unchanged ? <p>Nothing was changed.</p> : null}
        </div>
        <div className="row">
          {onRetry ? (
            <Button size="xs" variant="default" onClick={onRetry} loading={isRetrying ?? false}>
              Try again
            </Button>
          ) : null}
          {action}
          <span className="small mono">
            {error.code}
            {error.requestId ? ` · request ${error.requestId}` : ''}
          </span>
        </div>
      </div>
    </div>
  );
}

/** True from `ms` on, so that quick answers do not flicker. */
export function useLate(ms = 150): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return isLate;
}

/** The place of something that is being loaded. */
export function Skeleton({ rows = 5, height = 40 }: { rows?: number; height?: number }) {
  const isLate = useLate();
  return (
    <div className="skeleton" aria-busy="true" data-shown={isLate || undefined} style={{ minHeight: rows * height }}>
      <span className="visually-hidden">Loading…</span>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className="bone" style={{ height: height - 20, width: `${92 - ((row * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

interface Asked<T> {
  data: T | undefined;
  error: ApiError | null;
  isFetching: boolean;
  refetch: () => unknown;
}

interface LoadedProps<T> {
  of: Asked<T>;
  rows?: number;
  height?: number;
  children: (data: T) => ReactNode;
}

/** Loading, failed, or there. What was there before stays readable while a newer answer fails. */
export function Loaded<T>({ of, rows, height, children }: LoadedProps<T>) {
  if (of.data !== undefined) return children(of.data);
  if (of.error) return <ErrorPanel error={of.error} onRetry={() => void of.refetch()} isRetrying={of.isFetching} />;
  return <Skeleton {...(rows ? { rows } : {})} {...(height ? { height } : {})} />;
}
