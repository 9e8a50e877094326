import { Drawer, Modal } from '@mantine/core';
import type { ReactNode } from 'react';

import { SHORTCUTS } from './shortcuts';

/** The keys of the whole console. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Keys" closeButtonProps={{ 'aria-label': 'Close' }}>
      <dl className="keys">
        {SHORTCUTS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p className="small muted">Single-letter keys can be switched off under Settings, Appearance.</p>
    </Modal>
  );
}

/** The navigation on narrow windows. */
export function NavDrawer({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  return (
    <Drawer opened onClose={onClose} position="left" size={260} title="Menu" closeButtonProps={{ 'aria-label': 'Close menu' }}>
      <nav aria-label="Main">{children}</nav>
    </Drawer>
  );
}
