import { Button } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { useEffect } from 'react';

import { asApiError } from '../api/problem';
import { noteNewVersion } from '../api/version';
import { GoButton } from '../parts/Go';
import { Page } from '../parts/Page';
import { EmptyState, ErrorPanel } from '../parts/States';

const MISSING_CHUNK = /dynamically imported module|Importing a module script failed|error loading/i;

/** A screen that failed. The rest of the console stays. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const isMissing = MISSING_CHUNK.test(error instanceof Error ? error.message : '');
  useEffect(() => {
    if (isMissing) noteNewVersion();
  }, [isMissing]);
  if (isMissing) {
    return (
      <Page title="A new version is running">
        <EmptyState icon="refresh" action={<Button onClick={() => window.location.reload()}>Reload</Button>}>
          This page belongs to an older version. Reload to get the new one.
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page title="This page failed">
      <ErrorPanel error={asApiError(error)} onRetry={reset} />
    </Page>
  );
}

export function NotFound() {
  return (
    <Page title="Page not found">
      <EmptyState icon="help-circle" action={<GoButton to="/">Go to the Overview</GoButton>}>
        There is nothing at this address. It may have been deleted, or the address is incomplete.
      </EmptyState>
    </Page>
  );
}
