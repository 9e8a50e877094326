import { TextInput } from '@mantine/core';
import { type ReactNode, useRef, useState } from 'react';

import type { ApiError } from '../../../api/problem';
import { sentence } from '../../../parts/format';

const CHARS_MAX = 500;

interface Reason {
  field: ReactNode;
  /** What was written; when nothing was, the field says so and has the focus. */
  checked: () => string | undefined;
}

/** The field for a reason, which stays in the log. */
export function useReason(error: ApiError | null): Reason {
  const [reason, setReason] = useState('');
  const [isMissing, setMissing] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const refused = error?.field === 'reason' ? sentence(error.detail) : undefined;
  const field = (
    <TextInput
      ref={input}
      // Not `required`: the browser's own bubble would come before what the field says.
      withAsterisk
      aria-required
      label="Reason"
      description="It stays in the log and cannot be erased: do not name the person."
      maxLength={CHARS_MAX}
      autoComplete="off"
      value={reason}
      error={isMissing ? 'Say why, without naming the person.' : refused}
      onChange={(event) => {
        setReason(event.currentTarget.value);
        setMissing(false);
      }}
    />
  );
  const checked = () => {
    const said = reason.trim();
    setMissing(said === '');
    if (said === '') input.current?.focus();
    return said || undefined;
  };
  return { field, checked };
}

/** What the field does not say itself. */
export function besideField(error: ApiError | null): ApiError | null {
  return error?.field === 'reason' ? null : error;
}
