import type { IconName } from '../../parts/Icon';

interface Look {
  readonly icon: IconName;
  /** A colour of a kind of step; also the tint of its tile. */
  readonly tone: 'trigger' | 'fetch' | 'logic' | 'map' | 'write' | 'unknown';
}

const LOOKS: Readonly<Record<string, Look>> = {
  trigger: { icon: 'bolt', tone: 'trigger' },
  fetch: { icon: 'cloud-download', tone: 'fetch' },
  filter: { icon: 'arrows-split-2', tone: 'logic' },
  map: { icon: 'transform', tone: 'map' },
  write: { icon: 'database-import', tone: 'write' },
};

export function lookOf(kind: string): Look {
  return LOOKS[kind] ?? { icon: 'help-circle', tone: 'unknown' };
}
