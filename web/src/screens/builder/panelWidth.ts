import { useState } from 'react';

export const PANEL_MIN = 300;
export const PANEL_MAX = 640;
const USUAL = 340;
const STORED = 'portal-builder-panel';

/** How wide the settings are, remembered in this browser. */
export function useRememberedWidth(): [number, (width: number) => void] {
  const [width, setWidth] = useState(read);
  const set = (next: number) => {
    const bounded = Math.round(Math.min(PANEL_MAX, Math.max(PANEL_MIN, next)));
    setWidth(bounded);
    try {
      localStorage.setItem(STORED, String(bounded));
    } catch {
      // Storage is switched off: it holds for this page only.
    }
  };
  return [width, set];
}

function read(): number {
  try {
    const stored = Number(localStorage.getItem(STORED));
    return stored >= PANEL_MIN && stored <= PANEL_MAX ? stored : USUAL;
  } catch {
    return USUAL;
  }
}
