import './styles/mantine';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/shell.css';

import { MantineProvider, localStorageColorSchemeManager } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { newClient } from './api/queries';
import { signIn, tokenOfAddress } from './api/session';
import { noteNewVersion } from './api/version';
import { Gate } from './app/Gate';
import { makeRouter } from './app/router';
import { theme, variables } from './app/theme';

// Before the router looks at the address.
const token = tokenOfAddress();
const client = newClient();
const router = makeRouter();
const schemes = localStorageColorSchemeManager();

// A start address that is opened in a tab where the console is open already.
window.addEventListener('hashchange', () => {
  const again = tokenOfAddress();
  if (again) void signIn(again).finally(() => window.location.reload());
});

// A chunk that is no longer there belongs to a version that no longer runs.
window.addEventListener('vite:preloadError', (event) => {
  event.preventDefault();
  noteNewVersion();
});

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} colorSchemeManager={schemes} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <Gate token={token}>
          <RouterProvider router={router} />
        </Gate>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
