import { Button, Menu, Radio } from '@mantine/core';

import { Go } from '../../parts/Go';
import { Icon, type IconName } from '../../parts/Icon';
import { ConnectMenu, Leads } from './ConnectTo';
import { KindItems } from './KindMenu';
import { NumberField } from './NumberField';
import { Field, useFieldError } from './SetUp';
import { useBuilder } from './context';
import { afterRefusal } from './edits';
import { formOf } from './forms';
import { type Step, branchesOf, sortedFrom } from './graph';
import { RETRY_PRESET, TIMES_MAX, WAIT_MAX, retryOf } from './onFailure';
import { mappingIdOf } from './words';

/** What happens to a record that fails at a step: as the server does it, and what of it can be chosen. */
export function FailureTab({ step }: { step: Step }) {
  const { installed } = useBuilder();
  const connection = typeof step['connection'] === 'string' ? step['connection'] : undefined;
  const missing = step.kind === 'write' ? formOf(installed.action(connection, 'destination')?.input, {}).find((field) => field.name === 'on_missing_reference') : undefined;
  const id = mappingIdOf(step);
  return (
    <div className="stack">
      <ul className="b-facts">
        {factsOf(step.kind).map(([icon, text]) => (
          <li key={text}>
            <Icon name={icon} size={16} />
            <span>{text}</span>
          </li>
        ))}
      </ul>
      {step.kind === 'write' || retryOf(step) ? <RetryForm step={step} /> : null}
      {missing ? <Field step={step} field={missing} side="destination" /> : null}
      {branchesOf(step.kind).includes('failure') ? <FailureWay step={step} /> : null}
      {step.kind === 'map' && id !== undefined ? (
        <p>
          Whether a field fails, warns or takes its default is set for each field. <Go to={`/mappings/${id}`}>Open the mapping</Go>
        </p>
      ) : null}
    </div>
  );
}

/** Where a record goes on that failed at a step. */
function FailureWay({ step }: { step: Step }) {
  const { graph, isEditable, addAfter } = useBuilder();
  const leaving = sortedFrom(graph, step.id).filter((edge) => edge.branch === 'failure');
  return (
    <fieldset className="b-leads">
      <legend>A record that fails here</legend>
      <p className="small muted">
        {leaving.length === 0
          ? 'stops. It can go on to other steps instead, as the source sent it: for example through a mapping that asks for less.'
          : 'goes on as the source sent it. It counts as failed here all the same, whatever comes of it there.'}
      </p>
      <Leads edges={leaving} />
      {isEditable ? (
        <div className="row">
          <Menu position="bottom-start" width={320} withinPortal>
            <Menu.Target>
              <Button size="xs" variant="default" leftSection={<Icon name="plus" size={16} />}>
                Add a step for failures
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <KindItems refusal={(kind) => afterRefusal(graph, kind, step, 'failure')} onChoose={(kind) => addAfter(step.id, kind, 'failure')} />
            </Menu.Dropdown>
          </Menu>
          <ConnectMenu step={step} branch="failure" />
        </div>
      ) : null}
    </fieldset>
  );
}

/** Whether a step is tried again, how often and how long apart. */
function RetryForm({ step }: { step: Step }) {
  const { change, isEditable } = useBuilder();
  const retry = retryOf(step);
  const error = useFieldError(step, 'on_failure');
  const errors = { times: useFieldError(step, 'on_failure.times'), wait: useFieldError(step, 'on_failure.wait') };
  const set = (key: 'times' | 'wait', value: number | undefined) => change(step.id, { on_failure: { do: 'retry', ...retry, [key]: value } });
  const choose = (value: string) => {
    if (isEditable) change(step.id, { on_failure: value === 'retry' ? RETRY_PRESET : undefined });
  };
  return (
    <>
      <div data-field="on_failure">
        <Radio.Group label="When the destination is busy or away" value={retry ? 'retry' : 'stop'} error={error} readOnly={!isEditable} onChange={choose}>
          <div className="stack-8">
            <Radio value="stop" label="Stop" description="After the usual tries, with growing pauses for a few minutes." disabled={!isEditable} />
            <Radio value="retry" label="Try again, then stop" description="As often and as long apart as is set here." disabled={!isEditable} />
          </div>
        </Radio.Group>
      </div>
      {retry ? (
        <>
          <div data-field="on_failure.times">
            <NumberField label="Times" description={`1 to ${TIMES_MAX}, after the first try`} withAsterisk min={1} max={TIMES_MAX} value={retry.times} readOnly={!isEditable} error={errors.times} onChange={(value) => set('times', value)} />
          </div>
          <div data-field="on_failure.wait">
            <NumberField
              label="Seconds between tries"
              description={`1 to ${WAIT_MAX}; longer when the destination asks for it`}
              withAsterisk
              min={1}
              max={WAIT_MAX}
              value={retry.wait}
              readOnly={!isEditable}
              error={errors.wait}
              onChange={(value) => set('wait', value)}
            />
          </div>
        </>
      ) : null}
    </>
  );
}

function factsOf(kind: string): [IconName, string][] {
  const others: [IconName, string] = ['arrow-right', 'Every other record of the run goes on as it would have.'];
  const kept: [IconName, string] = ['repeat', 'It stays in the run with its reason, and can be retried when the cause is gone.'];
  switch (kind) {
    case 'trigger':
      return [['clock', 'A run that cannot start says why in the list of runs. Nothing is lost.']];
    case 'fetch':
      return [
        ['refresh', 'A page that does not come is asked for again, with growing pauses, as the site allows.'],
        ['alert-triangle', 'When the site stays away the run ends as failed; what was imported before stays.'],
      ];
    case 'filter':
      return [['circle-x', 'A record for which the condition cannot be decided fails here, with the reason.'], others, kept];
    case 'map':
      return [['circle-x', 'A record with a field that fails its checks is not written.'], others, kept];
    case 'write':
      return [
        ['circle-x', 'A record that Portal refuses fails here, with the reason. It is not tried again by itself.'],
        ['alert-triangle', 'When Portal stays away the run ends as failed; what was written before stays, and is never written twice.'],
        others,
        kept,
      ];
    default:
      return [others, kept];
  }
}
