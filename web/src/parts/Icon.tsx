import { ICONS, type IconName } from './icons';

export type { IconName };

interface Props {
  name: IconName;
  size?: number;
  /** Turns, unless the person asked for less motion. */
  turning?: boolean;
  className?: string;
}

/** A picture beside words: hidden from assistive technology. */
export function Icon({ name, size = 18, turning, className }: Props) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={2}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={[turning ? 'turning' : '', className ?? ''].join(' ').trim() || undefined}
      style={{ flexShrink: 0 }}
    >
      <path d={ICONS[name]} />
    </svg>
  );
}
