import { useState } from 'react';

import { useConnectionNames } from '../../../api/names';
import { useWrite } from '../../../api/queries';
import type { PersonHeld, SubjectExport, WhichPerson } from '../../../api/schema';
import { Act } from '../../../parts/Act';
import { Go } from '../../../parts/Go';
import { Icon } from '../../../parts/Icon';
import { ErrorPanel } from '../../../parts/States';
import { count } from '../../../parts/format';
import { toast } from '../../../parts/toasts';
import { EraseDialog } from './EraseDialog';
import { fileName, isUsers, nameOf, whatGoes, whatStays } from './held';

const RECORDS_SHOWN = 20;

interface Props {
  which: WhichPerson;
  held: PersonHeld;
  onErased: () => void;
}

/** What is held of a person, what erasing would do, and what can be done now. */
export function Held({ which, held, onErased }: Props) {
  const named = useConnectionNames();
  const [isAsked, setAsked] = useState(false);
  const [isGone, setGone] = useState(false);
  const copy = useWrite('POST /api/v1/subject-exports', {
    onDone: (answer) => {
      // Erased between the preview and now: an empty file would look like an answer.
      setGone(!answer.held.found);
      if (answer.held.found) save(answer);
    },
  });
  if (!held.found || isGone) {
    return (
      <p role="status">
        Nothing is held of {nameOf(which)}{isGone ? ' any more: it was erased meanwhile, and nothing was exported' : '. There is nothing to erase and nothing to export'}.
      </p>
    );
  }
  const shown = held.records.slice(0, RECORDS_SHOWN);
  return (
    <section className="stack" aria-label="What is held">
      <p role="status" className="strong">
        {count(held.events, 'event')} {held.events === 1 ? 'holds' : 'hold'} something of {nameOf(which)}
        {held.mentions.length > 0 ? `; ${count(held.mentions.length, 'event')} of others ${held.mentions.length === 1 ? 'names' : 'name'} the person` : ''}.
      </p>
      <dl className="facts">
        <dt>Source records</dt>
        <dd className="mono">{shown.length === 0 ? '–' : shown.join(', ')}{held.records.length > shown.length ? ` and ${held.records.length - shown.length} more` : ''}</dd>
        <dt>In Portal</dt>
        <dd className="mono">
          {held.portal.length === 0 ? '–' : held.portal.slice(0, RECORDS_SHOWN).map((id) => <div key={id}>{isUsers(held) ? <Go to={`/records/users/${id}`}>{id}</Go> : id}</div>)}
          {held.portal.length > RECORDS_SHOWN ? ` and ${held.portal.length - RECORDS_SHOWN} more` : ''}
        </dd>
      </dl>
      <h3>What erasing would take away</h3>
      <ul className="consequences">
        {whatGoes(held, false).map((text) => <li key={text}>{text}</li>)}
      </ul>
      <h3>What would stay, and why</h3>
      <ul className="consequences">
        {whatStays(held, false, named).map((text) => <li key={text}>{text}</li>)}
      </ul>
      {copy.error ? <ErrorPanel error={copy.error} unchanged /> : null}
      <div className="row">
        <Act does="POST /api/v1/subject-exports" variant="default" loading={copy.isPending} leftSection={<Icon name="download" size={16} />} onClick={() => copy.mutate({ body: which })}>
          Download a copy for the person
        </Act>
        <Act does="POST /api/v1/erasures" color="red" onClick={() => setAsked(true)}>
          Erase…
        </Act>
      </div>
      {isAsked ? <EraseDialog which={which} held={held} onClose={() => setAsked(false)} onErased={onErased} /> : null}
    </section>
  );
}

/** The copy goes to a file of whoever asked; the server keeps none, so there is no link to it. */
function save(copy: SubjectExport) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([JSON.stringify(copy, null, 2)], { type: 'application/json' }));
  link.download = fileName(new Date());
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
  toast(`Downloaded: ${count(copy.content.length, 'event')}`);
}
