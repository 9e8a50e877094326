import { Button, Modal } from '@mantine/core';

import type { ShownOnce } from '../../api/schema';
import { Icon } from '../../parts/Icon';
import { toast } from '../../parts/toasts';

/** What is shown only now: the secret, and the code that the plugin takes. */
export function SecretOnce({ shown, onClose }: { shown: ShownOnce; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} size="lg" title="Copy this now" closeButtonProps={{ 'aria-label': 'Close' }} closeOnClickOutside={false}>
      <div className="stack">
        <p>The secret is shown only this once. Nobody can look it up later; a new one can be made at any time.</p>
        {shown.pairing_code ? (
          <Copied label="Pairing code" value={shown.pairing_code} about="For the WordPress plugin: paste it into its settings page. It holds the address and the secret." />
        ) : null}
        <Copied label="Address" value={shown.url} about="Where messages are sent." />
        {shown.secret ? <Copied label="Secret" value={shown.secret} about="For senders that are set up by hand." /> : null}
        <div className="row dialog-actions">
          <Button onClick={onClose}>I have it</Button>
        </div>
      </div>
    </Modal>
  );
}

export function Copied({ label, value, about }: { label: string; value: string; about?: string }) {
  const copy = () => void navigator.clipboard.writeText(value).then(() => toast(`${label} copied`));
  return (
    <div className="stack-4">
      <p className="strong">{label}</p>
      {about ? <p className="small muted">{about}</p> : null}
      <div className="secret-once">
        <code className="grow secret-text">{value}</code>
        <Button size="xs" variant="default" aria-label={`Copy ${label.toLowerCase()}`} leftSection={<Icon name="copy" size={14} />} onClick={copy}>
          Copy
        </Button>
      </div>
    </div>
  );
}
