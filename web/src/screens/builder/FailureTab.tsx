import { Go } from '../../parts/Go';
import { Icon, type IconName } from '../../parts/Icon';
import { Field } from './SetUp';
import { useBuilder } from './context';
import { formOf } from './forms';
import type { Step } from './graph';
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
      {missing ? <Field step={step} field={missing} side="destination" /> : null}
      {step.kind === 'map' && id !== undefined ? (
        <p>
          Whether a field fails, warns or takes its default is set for each field. <Go to={`/mappings/${id}`}>Open the mapping</Go>
        </p>
      ) : null}
    </div>
  );
}

function factsOf(kind: string): [IconName, string][] {
  const others: [IconName, string] = ['arrow-right', 'Only the failing record stops; every other record of the run goes on.'];
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
      return [['refresh', 'Writing is tried again when Portal is busy or away. The same record is never written twice.'], others, kept];
    default:
      return [others, kept];
  }
}
