import { Button, Modal, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';

import type { Command } from '../api/may';
import type { ApiError } from '../api/problem';
import { Act } from './Act';
import { ErrorPanel } from './States';

interface Props {
  isOpen: boolean;
  onClose: () => void;
  onConfirm: () => void;
  /** Names the object: "Delete Company blog?" */
  title: string;
  /** The command that confirming sends. */
  does: Command;
  /** What follows from it, counted. */
  children: ReactNode;
  confirm: string;
  isBusy?: boolean;
  error?: ApiError | null | undefined;
  /** Has to be typed first: for what cannot be got back. */
  typed?: string | undefined;
  /** What it shows is there; until then it cannot be confirmed. */
  isReady?: boolean;
  size?: 'md' | 'lg';
  danger?: boolean;
}

/** Asks before something is done that cannot be undone. The focus begins on Cancel. */
export function ConfirmDialog(props: Props) {
  const { does, isOpen, onClose, onConfirm, title, children, confirm, isBusy, error, typed, isReady = true, size = 'md', danger = true } = props;
  const [text, setText] = useState('');
  const isBlocked = !isReady || (typed !== undefined && text.trim() !== typed.trim());
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} size={size} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBlocked) onConfirm();
        }}
      >
        <div className="stack-8">{children}</div>
        {typed === undefined ? null : (
          <TextInput
            label={`To confirm, type “${typed}”`}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autoComplete="off"
          />
        )}
        {error ? <ErrorPanel error={error} unchanged /> : null}
        <div className="row dialog-actions">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Act does={does} type="submit" color={danger ? 'red' : 'accent'} loading={isBusy ?? false} disabled={isBlocked}>
            {confirm}
          </Act>
        </div>
      </form>
    </Modal>
  );
}
