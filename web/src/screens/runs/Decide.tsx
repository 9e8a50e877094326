import { TextInput } from '@mantine/core';
import { useState } from 'react';

import { useWhyNot } from '../../api/may';
import { useConnectionNames } from '../../api/names';
import { useWrite } from '../../api/queries';
import type { Decision, Run, Undecided } from '../../api/schema';
import { useGo } from '../../app/go';
import { Act } from '../../parts/Act';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { Icon } from '../../parts/Icon';
import { count } from '../../parts/format';
import { toast } from '../../parts/toasts';

const DOES = 'POST /api/v1/runs/{id}/decide';
const SAID: Record<Decision, (records: string) => string> = {
  arrived: (records) => `Noted: ${records} had arrived`,
  'send-again': (records) => `${records} will be sent again`,
  'give-up': (records) => `Given up: ${records}`,
};

interface Props {
  run: Run;
  /** What the decision is about, one at least. */
  items: Undecided[];
  /** These are all that wait, not some that were chosen. */
  isAll?: boolean;
}

/** What a person found at the destination: it is there, or it is not and is sent again; or it is given up. */
export function Decide({ run, items, isAll = false }: Props) {
  const go = useGo();
  const nameOf = useConnectionNames();
  const why = useWhyNot(DOES);
  const [open, setOpen] = useState<Decision>();
  const [known, setKnown] = useState('');
  const decide = useWrite(DOES, {
    topics: ['run', 'failure', 'overview', 'record'],
    onDone: ({ run: made, count: many }) => {
      if (open) toast(SAID[open](count(many, 'record')));
      setOpen(undefined);
      if (made) go(`/runs/${made}`);
    },
  });
  const ask = (what: typeof open) => {
    decide.reset();
    setKnown('');
    setOpen(what);
  };
  const isOne = items.length === 1;
  const [first] = items;
  const names = [...new Set(items.map(({ to }) => nameOf(to)))].join(' and ');
  const what = isOne && first ? `${first.resource} ${first.record}` : count(items.length, 'record');
  const say = (one: string, all: string, some: string) => (isOne ? one : isAll ? all : some);
  const send = () => {
    if (!open) return;
    const id = isOne && open === 'arrived' ? known.trim() : '';
    decide.mutate({
      path: { id: run.id },
      body: { decision: open, items: items.map(({ item }) => item), reason: 'decided in the console', ...(id ? { portal_id: id } : {}) },
    });
  };
  const dialog = (decision: Decision) => ({
    does: DOES,
    isOpen: open === decision,
    onClose: () => setOpen(undefined),
    onConfirm: send,
    isBusy: decide.isPending,
    error: decide.error,
  } as const);
  return (
    <div className="stack-8">
      <div className="row">
        <Act does={DOES} leftSection={<Icon name="check" />} onClick={() => ask('arrived')}>
          {say('It is there', `All ${items.length} are there`, `The ${items.length} chosen are there`)}
        </Act>
        <Act does={DOES} variant="default" leftSection={<Icon name="send" />} onClick={() => ask('send-again')}>
          {say('It is not there: send again', 'None is there: send all again', `The ${items.length} chosen are not there: send again`)}
        </Act>
        <Act does={DOES} variant="default" color="red" leftSection={<Icon name="x" />} onClick={() => ask('give-up')}>
          {say('Give it up', `Give all ${items.length} up`, `Give up the ${items.length} chosen`)}
        </Act>
      </div>
      {why ? <p className="small muted">{why}</p> : null}
      <ConfirmDialog
        {...dialog('arrived')}
        danger={false}
        title={isOne ? `Is ${what} there?` : `Are these ${what} there?`}
        confirm={isOne ? 'It is there' : 'They are there'}
      >
        <p>
          {isOne ? 'It is' : 'They are'} noted as arrived at {names}, and not sent again until {isOne ? 'it changes' : 'they change'}.
        </p>
        {isOne ? (
          <TextInput
            label={`Its id at ${names}, if you know it`}
            description="Without it, nothing here links to it there."
            value={known}
            onChange={(event) => setKnown(event.currentTarget.value)}
            autoComplete="off"
          />
        ) : null}
      </ConfirmDialog>
      <ConfirmDialog
        {...dialog('send-again')}
        title={`Send ${what} again?`}
        confirm="Send again"
      >
        <p>
          A run sends {isOne ? 'it' : 'them'} to {names} once more. If {isOne ? 'it is' : 'one of them is'} there after all, {names} has it twice: nothing
          here can prevent or see that.
        </p>
      </ConfirmDialog>
      <ConfirmDialog
        {...dialog('give-up')}
        title={`Give ${what} up?`}
        confirm="Give up"
      >
        <ul className="consequences">
          <li>
            No run and no retry sends {isOne ? 'this' : 'these'} to {names} until {isOne ? 'it changes' : 'they change'} at the source.
          </li>
          <li>
            What did not arrive is missing at {names}, or stays there as it was; nothing here says so any more: {isOne ? 'it counts' : 'they count'} as skipped.
          </li>
          <li>It cannot be taken back: nobody is asked about {isOne ? 'it' : 'them'} again.</li>
        </ul>
      </ConfirmDialog>
    </div>
  );
}
