import { SegmentedControl, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';

import type { ApiError } from '../../../api/problem';
import type { WhichPerson } from '../../../api/schema';
import { Act } from '../../../parts/Act';
import { ErrorPanel } from '../../../parts/States';
import { sentence } from '../../../parts/format';
import { type By, whichOf } from './held';

const FIELDS: Record<By, { label: string; description: string; missing: string; charsMax: number }> = {
  email: {
    label: 'E-mail address',
    description: 'All accounts with this address are found, and the texts that name it.',
    missing: 'Enter the person’s e-mail address.',
    charsMax: 320,
  },
  record: {
    label: 'Record of the person',
    description: 'As {connection}.{resource}.{id}, such as cn_8f3k2j9x0a1b2c3d.users.7.',
    missing: 'Enter the record that speaks of the person.',
    charsMax: 400,
  },
};

interface Props {
  isBusy: boolean;
  error: ApiError | null;
  onFind: (which: WhichPerson) => void;
  /** What was found is not about what stands here any more. */
  onChange: () => void;
}

/** Whom it is about. What is typed goes into no address and is not kept. */
export function FindPerson({ isBusy, error, onFind, onChange }: Props) {
  const [by, setBy] = useState<By>('email');
  const [typed, setTyped] = useState('');
  const [isMissing, setMissing] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const { label, description, missing, charsMax } = FIELDS[by];
  // An unknown record is an error of the field, too, though the API cannot name it.
  const isOfField = error?.field === by || error?.code === 'NOT_FOUND';
  const refused = error && isOfField ? `${sentence(error.detail)} ${sentence(error.remedy)}` : undefined;
  useEffect(() => {
    if (error && isOfField) input.current?.focus();
  }, [error, isOfField]);
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const isEmpty = typed.trim() === '';
        setMissing(isEmpty);
        if (isEmpty) input.current?.focus();
        else onFind(whichOf(by, typed));
      }}
    >
      <SegmentedControl
        aria-label="Find by"
        value={by}
        onChange={(value) => {
          setBy(value as By);
          setTyped('');
          setMissing(false);
          onChange();
        }}
        data={[
          { value: 'email', label: 'By e-mail address' },
          { value: 'record', label: 'By record' },
        ]}
      />
      <TextInput
        ref={input}
        required
        label={label}
        description={description}
        maxLength={charsMax}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        error={isMissing ? missing : refused}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setMissing(false);
          onChange();
        }}
      />
      {error && !isOfField ? <ErrorPanel error={error} unchanged /> : null}
      <div className="row">
        <Act does="POST /api/v1/erasures/preview" type="submit" loading={isBusy}>
          See what is held
        </Act>
      </div>
    </form>
  );
}
