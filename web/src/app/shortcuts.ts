import { useEffect, useRef } from 'react';

import { NAV } from './nav';

const STORED = 'portal-single-keys';

/** Single-letter keys can be switched off (WCAG 2.1.4). */
export function areSingleKeysOn(): boolean {
  try {
    return localStorage.getItem(STORED) !== 'off';
  } catch {
    return true;
  }
}

export function setSingleKeys(isOn: boolean): void {
  try {
    localStorage.setItem(STORED, isOn ? 'on' : 'off');
  } catch {
    // Storage is switched off: it holds for this page only.
  }
}

/** Whether typing goes into a field. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && Boolean(target.closest('input, textarea, select, [contenteditable="true"]'));
}

interface Actions {
  go: (to: string) => void;
  palette: () => void;
  help: () => void;
}

const SEQUENCE_MS = 1_200;

export function useShortcuts(actions: Actions): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    let wentAt = 0;
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        latest.current.palette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (!areSingleKeysOn() || isTyping(event.target) || document.querySelector('[role="dialog"]')) return;
      if (Date.now() - wentAt < SEQUENCE_MS) {
        wentAt = 0;
        const entry = NAV.find(({ key }) => key === event.key);
        if (entry) {
          event.preventDefault();
          latest.current.go(entry.to);
        }
        return;
      }
      if (event.key === 'g') wentAt = Date.now();
      else if (event.key === '?') latest.current.help();
      else if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('[data-search]');
        if (search) {
          event.preventDefault();
          search.focus();
        }
      }
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

export const SHORTCUTS: Array<[keys: string, what: string]> = [
  ['?', 'Show these keys'],
  ['Ctrl K', 'Go to anything'],
  ['/', 'Search in the list'],
  ...NAV.flatMap(({ key, label }): Array<[string, string]> => (key ? [[`g ${key}`, `Go to ${label}`]] : [])),
  ['Ctrl Enter', 'The main action of the page'],
  ['Esc', 'Close the panel and go back to where you were'],
];
