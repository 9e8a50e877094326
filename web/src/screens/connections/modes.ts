import type { WebhookKind } from '../../api/schema';

/** How senders prove who they are, in words. */
export const MODES: Record<WebhookKind, { name: string; about: string }> = {
  'standard-webhooks': { name: 'Signed messages (the WordPress plugin)', about: 'Each message is signed with its time and number. The plugin does it.' },
  woocommerce: { name: 'WooCommerce', about: 'As WooCommerce signs its own webhooks: the body, with a shared secret.' },
  'hmac-body': { name: 'Signed body', about: 'The sender signs the body and sends the signature in a header.' },
  'capability-url': { name: 'Secret address', about: 'For senders that cannot sign: the secret is part of the address. A message is only taken as a hint, and the site is asked.' },
};
