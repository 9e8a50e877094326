import { Icon, type IconName } from './Icon';
import { words } from './format';

export type Tone = 'ok' | 'warn' | 'err' | 'info' | 'idle';

interface Look {
  tone: Tone;
  icon: IconName;
  word: string;
}

const LOOKS: Record<string, Look> = {
  healthy: { tone: 'ok', icon: 'circle-check', word: 'Healthy' },
  succeeded: { tone: 'ok', icon: 'circle-check', word: 'Succeeded' },
  passed: { tone: 'ok', icon: 'circle-check', word: 'Passed' },
  resolved: { tone: 'ok', icon: 'circle-check', word: 'Resolved' },
  created: { tone: 'ok', icon: 'plus', word: 'Created' },
  updated: { tone: 'ok', icon: 'pencil', word: 'Updated' },
  live: { tone: 'ok', icon: 'circle-check', word: 'Live' },
  on: { tone: 'ok', icon: 'circle-check', word: 'On' },
  degraded: { tone: 'warn', icon: 'alert-triangle', word: 'Degraded' },
  partial: { tone: 'warn', icon: 'alert-triangle', word: 'Partly failed' },
  'partly-failed': { tone: 'warn', icon: 'alert-triangle', word: 'Partly failed' },
  warned: { tone: 'warn', icon: 'alert-triangle', word: 'Warning' },
  warning: { tone: 'warn', icon: 'alert-triangle', word: 'Warning' },
  'awaiting-approval': { tone: 'warn', icon: 'bell', word: 'Waits for approval' },
  acknowledged: { tone: 'warn', icon: 'eye', word: 'Acknowledged' },
  'identity-in-doubt': { tone: 'warn', icon: 'alert-triangle', word: 'Is it the same site?' },
  failing: { tone: 'err', icon: 'circle-x', word: 'Failing' },
  failed: { tone: 'err', icon: 'circle-x', word: 'Failed' },
  error: { tone: 'err', icon: 'circle-x', word: 'Error' },
  open: { tone: 'err', icon: 'alert-octagon', word: 'Open' },
  running: { tone: 'info', icon: 'loader-2', word: 'Running' },
  cancelling: { tone: 'info', icon: 'loader-2', word: 'Cancelling' },
  info: { tone: 'info', icon: 'info-circle', word: 'Information' },
  queued: { tone: 'idle', icon: 'clock', word: 'Queued' },
  paused: { tone: 'idle', icon: 'player-pause', word: 'Paused' },
  cancelled: { tone: 'idle', icon: 'circle-dashed', word: 'Cancelled' },
  unknown: { tone: 'idle', icon: 'circle-dashed', word: 'Not checked' },
  off: { tone: 'idle', icon: 'circle-dashed', word: 'Off' },
  skipped: { tone: 'idle', icon: 'arrow-forward-up', word: 'Skipped' },
  removed: { tone: 'idle', icon: 'arrow-back-up', word: 'Taken back' },
  unchanged: { tone: 'idle', icon: 'check', word: 'Unchanged' },
  ignored: { tone: 'idle', icon: 'circle-dashed', word: 'Ignored' },
};

interface Props {
  status: string;
  /** Another word than the status has by itself. */
  word?: string;
}

/** A state in a word, an icon and a colour: any one of them is enough. */
export function StatusBadge({ status, word }: Props) {
  const look = LOOKS[status] ?? { tone: 'idle' as const, icon: 'circle-dashed' as const, word: words(status) };
  return (
    <span className={`badge badge-${look.tone}`}>
      <Icon name={look.icon} size={14} turning={look.icon === 'loader-2'} />
      {word ?? look.word}
    </span>
  );
}

/** A small word in a tone, without an icon. */
export function Tag({ children, tone = 'idle' }: { children: React.ReactNode; tone?: Tone }) {
  return <span className={`badge badge-${tone} tag`}>{children}</span>;
}
