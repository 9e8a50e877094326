import { useCallback, useState } from 'react';

export interface Announced {
  readonly text: string;
  /** The same words twice are two messages. */
  readonly nonce: number;
}

export function useAnnounce(): [Announced | undefined, (text: string) => void, () => void] {
  const [announced, setAnnounced] = useState<Announced>();
  const say = useCallback((text: string) => setAnnounced((before) => ({ text, nonce: (before?.nonce ?? 0) + 1 })), []);
  const hush = useCallback(() => setAnnounced(undefined), []);
  return [announced, say, hush];
}
