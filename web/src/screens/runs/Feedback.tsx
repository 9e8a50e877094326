import { Textarea } from '@mantine/core';
import { useState } from 'react';

import { useWrite } from '../../api/queries';
import type { Run } from '../../api/schema';
import { Act } from '../../parts/Act';
import { Icon } from '../../parts/Icon';
import { Card } from '../../parts/Page';
import { ErrorPanel } from '../../parts/States';

/** One click after a run: was it as it should be? */
export function Feedback({ run }: { run: Run }) {
  const [answer, setAnswer] = useState(run.rating?.satisfied);
  const [note, setNote] = useState('');
  const rate = useWrite('POST /api/v1/runs/{id}/feedback', { topics: ['overview'] });
  const send = (satisfied: boolean, text?: string) => {
    setAnswer(satisfied);
    rate.mutate({ path: { id: run.id }, body: { satisfied, ...(text ? { note: text } : {}) } });
  };
  return (
    <Card id="feedback" title="How did this go?">
      <div className="stack-8">
        <div className="row">
          <Act
            does="POST /api/v1/runs/{id}/feedback"
            variant={answer === true ? 'filled' : 'default'}
            size="xs"
            aria-pressed={answer === true}
            leftSection={<Icon name="thumb-up" size={16} />}
            onClick={() => send(true)}
          >
            Good
          </Act>
          <Act
            does="POST /api/v1/runs/{id}/feedback"
            variant={answer === false ? 'filled' : 'default'}
            size="xs"
            aria-pressed={answer === false}
            leftSection={<Icon name="thumb-down" size={16} />}
            onClick={() => send(false)}
          >
            Not good
          </Act>
        </div>
        {rate.error ? <ErrorPanel error={rate.error} unchanged /> : null}
        <p className="small muted" role="status">
          {rate.isSuccess ? 'Thank you. Your answer is kept.' : ''}
        </p>
        {answer === false ? (
          <form
            className="stack-8"
            onSubmit={(event) => {
              event.preventDefault();
              send(false, note.trim());
            }}
          >
            <Textarea
              label="What was wrong?"
              description="It is kept as it is: name nobody."
              value={note}
              maxLength={1_000}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
            <div>
              <Act does="POST /api/v1/runs/{id}/feedback" type="submit" size="xs" variant="default" loading={rate.isPending}>
                Send
              </Act>
            </div>
          </form>
        ) : null}
      </div>
    </Card>
  );
}
