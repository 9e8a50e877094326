import { Menu } from '@mantine/core';

import { KindTile } from './KindTile';
import { KINDS, type Kind } from './graph';
import { KIND_WORDS } from './words';

interface Props {
  /** Why a kind cannot be chosen. */
  refusal: (kind: Kind) => string | undefined;
  onChoose: (kind: Kind) => void;
}

/** The kinds of steps as entries of a menu; those that cannot be say why. */
export function KindItems({ refusal, onChoose }: Props) {
  const kinds = KINDS.filter((kind) => kind !== 'trigger');
  const sorted = [...kinds].sort((a, b) => Number(refusal(a) !== undefined) - Number(refusal(b) !== undefined));
  return sorted.map((kind) => {
    const why = refusal(kind);
    return (
      <Menu.Item key={kind} disabled={why !== undefined} leftSection={<KindTile kind={kind} size={28} />} onClick={() => onChoose(kind)}>
        <span className="b-menu-name">{KIND_WORDS[kind].name}</span>
        <span className="b-menu-why">{why ?? KIND_WORDS[kind].does}</span>
      </Menu.Item>
    );
  });
}
