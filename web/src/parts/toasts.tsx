// Short messages about what just happened. They stay until they are closed or the next ones push them out: nothing
// disappears by time.
import { ActionIcon, Button } from '@mantine/core';
import { useSyncExternalStore } from 'react';

import { Icon } from './Icon';

export interface Toast {
  id: number;
  text: string;
  tone: 'ok' | 'err' | 'info';
  action?: { label: string; run: () => void } | undefined;
}

const MOST = 3;
let toasts: Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(changed: Toast[]): void {
  toasts = changed;
  for (const listener of listeners) listener();
}

export function toast(text: string, options: Partial<Pick<Toast, 'tone' | 'action'>> = {}): void {
  const made: Toast = { id: next++, text, tone: options.tone ?? 'ok', action: options.action };
  set([...toasts.filter((each) => each.text !== text), made].slice(-MOST));
}

/** A new page does not begin with the messages of the last but one. */
export function closeToasts(): void {
  if (toasts.length > 0) set([]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  const close = (id: number) => set(toasts.filter((each) => each.id !== id));
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text, tone, action }) => (
        <div key={id} className={`toast toast-${tone}`}>
          <Icon name={tone === 'err' ? 'alert-triangle' : tone === 'ok' ? 'circle-check' : 'info-circle'} />
          <span className="grow">{text}</span>
          {action ? (
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                close(id);
                action.run();
              }}
            >
              {action.label}
            </Button>
          ) : null}
          <ActionIcon variant="subtle" color="gray" size={32} aria-label="Close message" onClick={() => close(id)}>
            <Icon name="x" size={16} />
          </ActionIcon>
        </div>
      ))}
    </div>
  );
}
