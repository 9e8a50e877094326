import { Button, Modal, NativeSelect, Radio, Switch } from '@mantine/core';
import { useState } from 'react';

import { Act } from '../../parts/Act';
import { ErrorPanel } from '../../parts/States';
import { ago } from '../../parts/format';
import { useCaptured } from './captured';
import { useBuilder } from './context';
import type { TestRun } from './useTestRun';

interface Props {
  test: TestRun;
  version: number;
  isChanged: boolean;
  onClose: () => void;
}

const CAPTURED = 'captured';
const SIZES = [
  { value: '1', label: 'One record', about: 'The first record of each fetch' },
  { value: '10', label: 'Ten records', about: 'The first ten records of each fetch' },
  { value: '100', label: 'A hundred records', about: 'Enough to meet most surprises' },
  { value: 'all', label: 'Everything', about: 'All records, as a run would read them' },
];

/** What a test run reads, and whether it may write. */
export function TestRunDialog({ test, version, isChanged, onClose }: Props) {
  const [size, setSize] = useState('10');
  const [writes, setWrites] = useState(false);
  const { graph } = useBuilder();
  const captured = useCaptured(graph).data ?? [];
  const [receipt, setReceipt] = useState(0);
  const isCaptured = size === CAPTURED;
  const start = async () => {
    const how = isCaptured ? { limit: undefined, writes: false, captured: captured[receipt] } : { limit: size === 'all' ? undefined : Number(size), writes };
    if (await test.start(how)) onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Test run" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <Radio.Group label="How many records" value={size} onChange={setSize}>
          <div className="stack-8 b-sizes">
            {SIZES.map(({ value, label, about }, n) => (
              <Radio key={value} value={value} label={label} description={about} {...(n === 1 ? { 'data-autofocus': true } : {})} />
            ))}
            <Radio
              value={CAPTURED}
              label="A captured webhook"
              description={captured.length === 0 ? 'None yet: no message has named a record that this scenario reads' : 'The record that a message named, as it was read then. The site is not asked'}
              disabled={captured.length === 0}
            />
          </div>
        </Radio.Group>
        {isCaptured ? (
          <NativeSelect
            label="Message"
            value={receipt}
            onChange={(event) => setReceipt(Number(event.currentTarget.value))}
            data={captured.map(({ resource, id, at }, n) => ({ value: String(n), label: `${resource} ${id}, ${ago(at)}` }))}
          />
        ) : null}
        <Switch
          label="Write to Portal"
          description={isCaptured ? 'Nothing is written with a captured webhook.' : writesWords(version, isChanged, writes)}
          checked={writes && !isCaptured}
          disabled={version === 0 || isCaptured}
          onChange={(event) => setWrites(event.currentTarget.checked)}
        />
        {test.error ? <ErrorPanel error={test.error} unchanged /> : null}
        <div className="row dialog-actions">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Act does="POST /api/v1/scenarios/{id}/runs" type="submit" loading={test.isStarting}>
            {writes && !isCaptured ? 'Run and write' : 'Test run'}
          </Act>
        </div>
      </form>
    </Modal>
  );
}

function writesWords(version: number, isChanged: boolean, writes: boolean): string {
  if (version === 0) return 'Nothing is written. Writing needs a published version.';
  if (!writes) return 'Off: everything but the writing is done, with this draft.';
  return isChanged ? `Runs the published version ${version}, not this draft. Publish first to write with the draft.` : `Runs version ${version} and writes.`;
}
