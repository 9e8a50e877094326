import { Icon } from '../../parts/Icon';
import { lookOf } from './looks';

export function KindTile({ kind, size = 32 }: { kind: string; size?: number }) {
  const { icon, tone } = lookOf(kind);
  return (
    <span className={`b-tile b-tone-${tone}`} style={{ width: size, height: size }} aria-hidden="true">
      <Icon name={icon} size={Math.round(size * 0.56)} />
    </span>
  );
}
