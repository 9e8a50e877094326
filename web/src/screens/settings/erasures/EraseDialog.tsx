import { Checkbox } from '@mantine/core';
import { useState } from 'react';

import { useConnectionNames } from '../../../api/names';
import { useWrite } from '../../../api/queries';
import type { PersonHeld, WhichPerson } from '../../../api/schema';
import { ConfirmDialog } from '../../../parts/ConfirmDialog';
import { count } from '../../../parts/format';
import { toast } from '../../../parts/toasts';
import { nameOf, whatGoes, whatStays } from './held';
import { besideField, useReason } from './useReason';

interface Props {
  which: WhichPerson;
  held: PersonHeld;
  onClose: () => void;
  onErased: () => void;
}

/** Asks before a person is erased: what goes, what stays, and why it is done. */
export function EraseDialog({ which, held, onClose, onErased }: Props) {
  const named = useConnectionNames();
  const [withMentions, setMentions] = useState(false);
  const erase = useWrite('POST /api/v1/erasures', {
    topics: ['erasure', 'portal', 'record'],
    onDone: () => {
      toast('The person is erased');
      onErased();
    },
  });
  const reason = useReason(erase.error);
  const confirm = () => {
    const said = reason.checked();
    if (said) erase.mutate({ body: { ...which, reason: said, mentions: withMentions } });
  };
  return (
    <ConfirmDialog
      does="POST /api/v1/erasures"
      isOpen
      size="lg"
      onClose={onClose}
      onConfirm={confirm}
      title={`Erase ${nameOf(which)}?`}
      confirm="Erase for good"
      isBusy={erase.isPending}
      error={besideField(erase.error)}
    >
      <p className="strong">It cannot be undone, not even by lifting the erasure.</p>
      <ul className="consequences">
        {whatGoes(held, withMentions).map((text) => <li key={text}>{text}</li>)}
      </ul>
      <p className="strong">What stays</p>
      <ul className="consequences">
        {whatStays(held, withMentions, named).map((text) => <li key={text}>{text}</li>)}
      </ul>
      {held.mentions.length > 0 ? (
        <Checkbox
          label={`Also erase ${count(held.mentions.length, 'event')} of others, whole`}
          checked={withMentions}
          onChange={(event) => setMentions(event.currentTarget.checked)}
        />
      ) : null}
      {reason.field}
    </ConfirmDialog>
  );
}
