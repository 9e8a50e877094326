import { Button } from '@mantine/core';

import { Icon, type IconName } from '../../parts/Icon';
import { type Saving, inWords } from './saving';
import type { Graph } from './graph';

interface Props {
  saving: Saving<Graph>;
  onConflict: () => void;
}

const ICONS: Readonly<Record<Saving<Graph>['status'], IconName>> = {
  saved: 'circle-check', waiting: 'loader-2', saving: 'loader-2', retrying: 'refresh', conflict: 'alert-triangle', refused: 'alert-octagon',
};

/** Whether the server has the draft. */
export function SaveState({ saving, onConflict }: Props) {
  const isBad = ['retrying', 'conflict', 'refused'].includes(saving.status);
  return (
    <span className={`b-save${isBad ? ' warn-text' : ' muted'}`} role="status" title={saving.refusal}>
      <Icon name={ICONS[saving.status]} size={14} turning={saving.status === 'saving' || saving.status === 'waiting'} />
      {inWords(saving)}
      {saving.refusal === undefined ? null : `: ${saving.refusal}`}
      {saving.status === 'conflict' ? (
        <Button size="xs" variant="default" onClick={onConflict}>
          Decide
        </Button>
      ) : null}
    </span>
  );
}
