import { Button, Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { call } from '../../api/client';
import { type ApiError, asApiError } from '../../api/problem';
import type { Mapping } from '../../api/schema';
import { useGo } from '../../app/go';
import { Act } from '../../parts/Act';
import { ErrorPanel } from '../../parts/States';
import { toast } from '../../parts/toasts';
import { preview } from '../scenarios/reimport';
import { type Definition, type TargetField, readDefinition } from './definition';
import { compare } from './diff';
import type { Faults } from './preview';
import type { MappingDraft } from './useMappingDraft';
import type { User } from './useUsedBy';

interface Props {
  mapping: Mapping;
  draft: MappingDraft;
  targets: readonly TargetField[];
  faults: Faults;
  isCurrent: boolean;
  usedBy: readonly User[];
}

/** Saves the next revision. Somebody else's revision in between is not written over: compare, then choose. */
export function SaveMapping({ mapping, draft, targets, faults, isCurrent, usedBy }: Props) {
  const client = useQueryClient();
  const go = useGo();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const [theirs, setTheirs] = useState<{ definition: Definition; revision: number }>();
  const save = async (expected: number) => {
    const { definition } = draft;
    setBusy(true);
    setError(undefined);
    try {
      await call('POST /api/v1/mappings/{id}/revisions', { path: { id: mapping.id }, body: { expected, definition: { ...definition } } });
      const revision = expected + 1;
      draft.saved(definition, revision);
      setTheirs(undefined);
      void client.invalidateQueries({ queryKey: ['mapping'] });
      const [user] = usedBy.filter(({ isLive }) => isLive);
      toast(
        usedBy.length === 0 ? `Saved as revision ${revision}` : `Saved as revision ${revision}. Scenarios take it when they are published next.`,
        user ? { action: { label: 'See what would change', run: () => void preview(user.id, { mapping: mapping.id, revision: String(revision) }, go) } } : {},
      );
    } catch (failed) {
      const problem = asApiError(failed);
      if (problem.status === 409) await meet();
      else setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const meet = async () => {
    try {
      const now = await call('GET /api/v1/mappings/{id}', { path: { id: mapping.id } });
      setTheirs({ definition: readDefinition(now.definition, now.entity), revision: now.revision });
    } catch (failed) {
      setError(asApiError(failed));
    }
  };
  const isOvertaken = mapping.revision > draft.base;
  const why = !draft.isChanged ? undefined : faults.size > 0 ? (faults.size === 1 ? '1 row to correct' : `${faults.size} rows to correct`) : undefined;
  return (
    <span className="m-save">
      {why === undefined ? null : (
        <span id="m-why" className="muted small nowrap">
          {why}
        </span>
      )}
      <Act
        does="POST /api/v1/mappings/{id}/revisions"
        loading={isBusy}
        disabled={!draft.isChanged || faults.size > 0 || !isCurrent}
        aria-describedby={why === undefined ? undefined : 'm-why'}
        onClick={() => void (isOvertaken ? meet() : save(draft.base))}
      >
        {draft.isChanged || draft.base === 0 ? `Save revision ${Math.max(draft.base, mapping.revision) + 1}` : 'Saved'}
      </Act>
      {error ? (
        <Modal opened onClose={() => setError(undefined)} title="Not saved" closeButtonProps={{ 'aria-label': 'Close' }}>
          <ErrorPanel error={error} unchanged />
        </Modal>
      ) : null}
      {theirs ? (
        <Conflict
          mine={compare(draft.stored, draft.definition, targets)}
          theirs={compare(draft.stored, theirs.definition, targets)}
          revision={theirs.revision}
          onClose={() => setTheirs(undefined)}
          onTake={() => {
            draft.saved(theirs.definition, theirs.revision);
            setTheirs(undefined);
          }}
          onKeep={() => {
            draft.rebase(theirs.definition, theirs.revision);
            void save(theirs.revision);
          }}
        />
      ) : null}
    </span>
  );
}

interface ConflictProps {
  mine: readonly string[];
  theirs: readonly string[];
  revision: number;
  onClose: () => void;
  onTake: () => void;
  onKeep: () => void;
}

function Conflict({ mine, theirs, revision, onClose, onTake, onKeep }: ConflictProps) {
  const [isComparing, setComparing] = useState(false);
  const side = (title: string, lines: readonly string[]) => (
    <section className="card">
      <div className="card-head">
        <h3>{title}</h3>
      </div>
      <ul className="card-body small stack-4">
        {lines.length === 0 ? <li>No difference.</li> : lines.map((line) => <li key={line}>{line}</li>)}
      </ul>
    </section>
  );
  return (
    <Modal opened onClose={onClose} title="This mapping was changed elsewhere" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className="stack">
        <p>Revision {revision} was saved while you were editing. Your changes are still here and not saved. Which shall go on?</p>
        {isComparing ? (
          <div className="m-compare">
            {side('Yours', mine)}
            {side('Theirs', theirs)}
          </div>
        ) : null}
        <div className="row dialog-actions">
          <Button variant="default" aria-expanded={isComparing} onClick={() => setComparing(!isComparing)}>
            Compare
          </Button>
          <Button variant="default" onClick={onTake}>
            Take theirs
          </Button>
          <Button data-autofocus onClick={onKeep}>
            Keep mine as revision {revision + 1}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
