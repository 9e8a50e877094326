// The first version an answer names is the one this page belongs to. Another one means that a new program runs.
let first: string | undefined;
let isNewer = false;
const listeners = new Set<() => void>();

export function noteVersion(version: string | null): void {
  if (!version) return;
  first ??= version;
  if (version !== first) noteNewVersion();
}

/** Also when a chunk of this page is no longer there. */
export function noteNewVersion(): void {
  if (isNewer) return;
  isNewer = true;
  for (const listener of listeners) listener();
}

export const newVersion = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  get: (): boolean => isNewer,
};
