import { Button, Modal } from '@mantine/core';
import { useState } from 'react';

import { useBuilder } from './context';
import { type Diff, compare } from './diff';
import type { Graph } from './graph';
import type { Draft } from './useDraft';

interface Props {
  draft: Draft;
  onClose: () => void;
}

/** Two edits of one draft, from two tabs or two people: compare, then choose. Neither is lost before that. */
export function ConflictDialog({ draft, onClose }: Props) {
  const { installed } = useBuilder();
  const [isComparing, setComparing] = useState(false);
  const { theirs, stored } = draft.saving;
  if (!theirs) return null;
  const decide = (which: 'take-theirs' | 'keep-mine') => {
    draft.decide(which);
    onClose();
  };
  const diff = (now: Graph) => compare(stored, now, installed.names);
  return (
    <Modal opened onClose={onClose} title="This draft was changed elsewhere" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className="stack">
        <p>
          In another tab, or by somebody else, draft {theirs.number} was saved while you were editing. Your changes are
          still here and not saved. Which of the two shall go on?
        </p>
        {isComparing ? (
          <div className="b-compare">
            <Side title="Yours" diff={diff(draft.graph)} />
            <Side title="Theirs" diff={diff(theirs.document)} />
          </div>
        ) : null}
        <div className="row dialog-actions">
          <Button variant="default" onClick={() => setComparing(!isComparing)} aria-expanded={isComparing}>
            Compare
          </Button>
          <Button variant="default" onClick={() => decide('take-theirs')}>
            Take theirs
          </Button>
          <Button onClick={() => decide('keep-mine')} data-autofocus>
            Keep mine
          </Button>
        </div>
      </div>
    </Modal>
  );
}

function Side({ title, diff }: { title: string; diff: Diff }) {
  const lines = [
    ...diff.steps.map((change) => `${change.title}: ${change.what}. ${change.details.join(' ')}`),
    ...diff.connections,
  ];
  return (
    <section className="card">
      <div className="card-head">
        <h3>{title}</h3>
      </div>
      <ul className="b-change-details card-body">
        {lines.length === 0 ? <li>No difference in steps.</li> : lines.map((line) => <li key={line}>{line}</li>)}
      </ul>
    </section>
  );
}
