import { ActionIcon, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { Suspense, lazy, useEffect, useState, useSyncExternalStore } from 'react';

import { live } from '../api/live';
import { useRead } from '../api/queries';
import { refreshByLive } from '../api/refresh';
import { useSession, useSignOut } from '../api/session';
import { newVersion } from '../api/version';
import { Go } from '../parts/Go';
import { Icon } from '../parts/Icon';
import { Toasts } from '../parts/toasts';
import { clock, number } from '../parts/format';
import { Logo } from './Logo';
import { useGo } from './go';
import { NAV } from './nav';
import { useShortcuts } from './shortcuts';

const CommandPalette = lazy(() => import('./CommandPalette').then((module) => ({ default: module.CommandPalette })));

const KeysDialog = lazy(() => import('./Overlays').then((module) => ({ default: module.KeysDialog })));
const NavDrawer = lazy(() => import('./Overlays').then((module) => ({ default: module.NavDrawer })));

/** The frame around every screen. */
export function Shell() {
  const client = useQueryClient();
  const go = useGo();
  const [isNavOpen, setNavOpen] = useState(false);
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  useShortcuts({ go, palette: () => setPaletteOpen(true), help: () => setHelpOpen(true) });

  useEffect(() => refreshByLive(client), [client]);
  useEffect(() => live.start(), []);

  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to content
      </a>
      <header className="shell-header">
        <ActionIcon
          className="nav-toggle"
          variant="subtle"
          color="gray"
          size={36}
          aria-label="Menu"
          aria-expanded={isNavOpen}
          onClick={() => setNavOpen(true)}
        >
          <Icon name="menu-2" size={20} />
        </ActionIcon>
        <Go to="/" className="brand">
          <Logo />
          <span>Portal Integrations</span>
        </Go>
        <div className="shell-tools">
          <button type="button" className="search-button" onClick={() => setPaletteOpen(true)}>
            <Icon name="search" size={16} />
            <span>Go to anything</span>
            <kbd aria-hidden="true">Ctrl K</kbd>
          </button>
          <SchemeButton />
          <UserMenu onHelp={() => setHelpOpen(true)} />
        </div>
      </header>
      <nav className="shell-nav" aria-label="Main">
        <NavList />
      </nav>
      <main className="shell-main" id="content" tabIndex={-1}>
        <Bars />
        <Suspense fallback={null}>
          <Outlet />
        </Suspense>
      </main>
      <Toasts />
      <Suspense fallback={null}>
        {isPaletteOpen ? <CommandPalette onClose={() => setPaletteOpen(false)} onHelp={() => setHelpOpen(true)} /> : null}
        {isHelpOpen ? <KeysDialog onClose={() => setHelpOpen(false)} /> : null}
        {isNavOpen ? (
          <NavDrawer onClose={() => setNavOpen(false)}>
            <NavList onGo={() => setNavOpen(false)} />
          </NavDrawer>
        ) : null}
      </Suspense>
    </div>
  );
}

function NavList({ onGo }: { onGo?: () => void }) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const failures = useRead(['failure', 'badge'], 'GET /api/v1/failures', { query: { state: 'open', limit: 1 } }, { retry: false });
  const open = failures.data?.total ?? failures.data?.items.length ?? 0;
  const awaiting = useRead(['run', 'list'], 'GET /api/v1/runs', { query: { phase: 'awaiting-approval', limit: 1 } }, { retry: false });
  const waiting = awaiting.data?.total ?? awaiting.data?.items.length ?? 0;
  const badges: Record<string, [number, string]> = { '/failures': [open, 'open'], '/runs': [waiting, 'waiting for approval'] };
  return (
    <ul className="nav-list">
      {NAV.map(({ to, label, icon }) => {
        const isHere = to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`);
        const [badge, what] = badges[to] ?? [0, ''];
        return (
          <li key={to}>
            <Go to={to} className="nav-link" aria-current={isHere ? 'page' : undefined} {...(onGo ? { onClick: onGo } : {})}>
              <Icon name={icon} />
              <span className="grow">{label}</span>
              {badge ? (
                <span className="nav-badge">
                  {number(badge)}
                  <span className="visually-hidden"> {what}</span>
                </span>
              ) : null}
            </Go>
          </li>
        );
      })}
    </ul>
  );
}

function SchemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const isDark = scheme === 'dark';
  const label = isDark ? 'Use light colours' : 'Use dark colours';
  return (
    <ActionIcon variant="default" size={34} aria-label={label} title={label} onClick={() => setColorScheme(isDark ? 'light' : 'dark')}>
      <Icon name={isDark ? 'sun' : 'moon'} />
    </ActionIcon>
  );
}

function UserMenu({ onHelp }: { onHelp: () => void }) {
  const session = useSession();
  const signOut = useSignOut();
  const go = useGo();
  return (
    <Menu position="bottom-end" width={240} withinPortal>
      <Menu.Target>
        <ActionIcon variant="default" size={34} aria-label="You and help">
          <Icon name="user" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {session.data ? (
          <Menu.Label>
            {session.data.name} · {session.data.role}
          </Menu.Label>
        ) : null}
        <Menu.Item leftSection={<Icon name="keyboard" />} onClick={onHelp}>
          Keys
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="info-circle" />} onClick={() => go('/settings/about')}>
          About
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="logout" />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const SESSION_ASK_MS = 3_000;

/** What concerns the whole page: not connected, or older than the server. */
function Bars() {
  const status = useSyncExternalStore(live.subscribe, live.status);
  const isOld = useSyncExternalStore(newVersion.subscribe, newVersion.get);
  const client = useQueryClient();
  const isStale = status.state === 'stale';
  // A stream does not say why it ended: the server may be back and not know this browser any more.
  useEffect(() => {
    if (!isStale) return undefined;
    const timer = setInterval(() => void client.invalidateQueries({ queryKey: ['session'] }), SESSION_ASK_MS);
    return () => clearInterval(timer);
  }, [isStale, client]);
  return (
    <div role="status">
      {isStale ? (
        <div className="bar bar-warn">
          <Icon name="plug" />
          <span>Not connected. Showing the state of {clock(status.since)}. Trying again…</span>
        </div>
      ) : null}
      {isOld ? (
        <div className="bar bar-info">
          <Icon name="refresh" />
          <span>A new version is running.</span>
          <button type="button" className="link" onClick={() => window.location.reload()}>
            Reload
          </button>
        </div>
      ) : null}
    </div>
  );
}
