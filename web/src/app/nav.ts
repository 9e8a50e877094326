import type { IconName } from '../parts/Icon';

export interface NavEntry {
  to: string;
  label: string;
  icon: IconName;
  /** Typed after `g`. */
  key?: string;
}

export const NAV: NavEntry[] = [
  { to: '/', label: 'Overview', icon: 'layout-dashboard', key: 'o' },
  { to: '/apps', label: 'Apps', icon: 'apps' },
  { to: '/connections', label: 'Connections', icon: 'plug-connected', key: 'c' },
  { to: '/scenarios', label: 'Scenarios', icon: 'route', key: 's' },
  { to: '/mappings', label: 'Mappings', icon: 'list-check', key: 'm' },
  { to: '/runs', label: 'Runs', icon: 'history', key: 'r' },
  { to: '/failures', label: 'Failures', icon: 'alert-octagon', key: 'f' },
  { to: '/records', label: 'Records', icon: 'database', key: 'd' },
  { to: '/audit', label: 'Audit log', icon: 'clipboard-list', key: 'a' },
  { to: '/settings', label: 'Settings', icon: 'settings' },
];
