import '@mantine/core/styles/Pill.css';
import '@mantine/core/styles/PillsInput.css';

import { Autocomplete, MultiSelect, Select, Switch, TagsInput, TextInput, Textarea } from '@mantine/core';

import { Act } from '../../parts/Act';
import { Go } from '../../parts/Go';
import { Icon } from '../../parts/Icon';
import { sentence } from '../../parts/format';
import { ConditionForm } from './ConditionForm';
import { NumberField } from './NumberField';
import { useBuilder } from './context';
import { type FormField, formOf, patchOf, valueOf } from './forms';
import type { Step } from './graph';
import { sourceOf } from './presets';
import type { Problem } from './rules';
import { useNewMapping } from './useNewMapping';
import { TRIGGERS, mappingIdOf } from './words';

/** What a step is set to: the form of its app's schema, or of its kind. */
export function SetUp({ step }: { step: Step }) {
  switch (step.kind) {
    case 'trigger':
      return <TriggerForm step={step} />;
    case 'fetch':
      return <SchemaForm step={step} side="source" />;
    case 'filter':
      return <FilterForm step={step} />;
    case 'map':
      return <MapForm step={step} />;
    case 'write':
      return <SchemaForm step={step} side="destination" />;
    default:
      return <p className="muted">The settings of this step are kept as they are. This release does not know them.</p>;
  }
}

function FilterForm({ step }: { step: Step }) {
  return <ConditionForm step={step} error={useFieldError(step, 'condition')} />;
}

export function useFieldError(step: Step, field: string): string | undefined {
  const { problems } = useBuilder();
  const found = problems.of(step.id).find((problem) => problem.field === field);
  return found && errorWords(found);
}

function errorWords(problem: Problem): string {
  return `${sentence(problem.message)} ${sentence(problem.remedy)}`;
}

function TriggerForm({ step }: { step: Step }) {
  const { change, isEditable } = useBuilder();
  const error = useFieldError(step, 'on');
  const chosen = TRIGGERS.find((trigger) => trigger.value === step['on']);
  return (
    <>
      <div data-field="on">
        <Select
          label="Starts"
          withAsterisk
          description={chosen?.does}
          data={TRIGGERS.map(({ value, label }) => ({ value, label }))}
          value={typeof step['on'] === 'string' ? step['on'] : null}
          allowDeselect={false}
          readOnly={!isEditable}
          error={error}
          onChange={(value) => change(step.id, triggerOn(value ?? 'manual'))}
        />
      </div>
      {step['on'] === 'schedule' && <ScheduleForm step={step} />}
    </>
  );
}

/** What a trigger begins with: a schedule is every night in the browser's zone, until somebody says otherwise. */
function triggerOn(on: string): Record<string, unknown> {
  if (on !== 'schedule') return { on, cron: undefined, zone: undefined };
  return { on, cron: '0 3 * * *', zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
}

function ScheduleForm({ step }: { step: Step }) {
  const { change, isEditable } = useBuilder();
  const text = (key: string) => (typeof step[key] === 'string' ? step[key] : '');
  return (
    <>
      <div data-field="cron">
        <TextInput
          label="When"
          withAsterisk
          description="Minute, hour, day, month, weekday. 0 3 * * * is every day at 3:00; */15 * * * 1-5 every quarter of an hour on weekdays."
          value={text('cron')}
          readOnly={!isEditable}
          error={useFieldError(step, 'cron')}
          onChange={(event) => change(step.id, { cron: event.currentTarget.value })}
        />
      </div>
      <div data-field="zone">
        <Autocomplete
          label="Time zone"
          description="Hours are told in it. Times that were missed are made up for once."
          data={ZONES}
          limit={20}
          value={text('zone')}
          readOnly={!isEditable}
          error={useFieldError(step, 'zone')}
          onChange={(value) => change(step.id, { zone: value })}
        />
      </div>
    </>
  );
}

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

function SchemaForm({ step, side }: { step: Step; side: 'source' | 'destination' }) {
  const { installed } = useBuilder();
  const connection = typeof step['connection'] === 'string' ? step['connection'] : undefined;
  const action = installed.action(connection, side);
  const resources = installed.resources(connection);
  const chosen = resources.find((one) => one.id === step[side === 'source' ? 'resource' : 'entity']);
  const matchable = chosen?.fields.filter((field) => field['unique'] === true || field['name'] === 'slug') ?? [];
  const fields = formOf(action?.input, {
    statuses: side === 'source' ? chosen?.statuses : undefined,
    entities: side === 'destination' && resources.length > 0 ? resources.map((one) => ({ value: one.id, label: one.name })) : undefined,
    matchBy: side === 'destination' ? matchable.map((field) => ({ value: String(field['name']), label: String(field['name']) })) : undefined,
  });
  // What a failing record does stands on its own tab.
  return fields.filter((field) => field.name !== 'on_missing_reference').map((field) => <Field key={field.name} step={step} field={field} side={side} />);
}

export function Field({ step, field, side }: { step: Step; field: FormField; side: 'source' | 'destination' }) {
  const { change, isEditable } = useBuilder();
  const error = useFieldError(step, field.name);
  const value = valueOf(step, field.path);
  const set = (next: unknown) => change(step.id, patchOf(step, field.path, next));
  const shared = {
    label: field.title,
    description: field.description,
    withAsterisk: field.required,
    error,
    readOnly: !isEditable,
  };
  return (
    <div data-field={field.name}>
      <Input field={field} value={value} set={set} shared={shared} step={step} side={side} />
    </div>
  );
}

interface InputProps {
  field: FormField;
  value: unknown;
  set: (value: unknown) => void;
  shared: { label: string; description: string | undefined; withAsterisk: boolean; error: string | undefined; readOnly: boolean };
  step: Step;
  side: 'source' | 'destination';
}

function Input({ field, value, set, shared, step, side }: InputProps) {
  const { control } = field;
  const texts = Array.isArray(value) ? value.map(String) : [];
  switch (control.kind) {
    case 'connection':
      return <ConnectionSelect value={value} set={set} shared={shared} step={step} side={side} />;
    case 'resource':
      return <ResourceSelect value={value} set={set} shared={shared} step={step} />;
    case 'choice':
      return (
        <Select
          {...shared}
          data={known(control.options, value)}
          value={typeof value === 'string' ? value : (control.preset ?? null)}
          allowDeselect={false}
          searchable={control.options.length > 8}
          onChange={(next) => set(next === control.preset ? undefined : next)}
        />
      );
    case 'choices':
      if (control.options && control.options.length === 0 && texts.length === 0) return null;
      return (
        <MultiSelect
          {...shared}
          placeholder={texts.length === 0 ? 'All' : ''}
          data={[...new Map([...(control.options ?? []), ...texts.map((text) => ({ value: text, label: text }))].map((one) => [one.value, one])).values()]}
          value={texts}
          searchable
          onChange={set}
        />
      );
    case 'tags':
      return <TagsInput {...shared} placeholder={texts.length === 0 ? 'All' : ''} value={texts} splitChars={[',', ' ', ';']} onChange={set} />;
    case 'number':
      return (
        <NumberField {...shared} value={typeof value === 'number' ? value : undefined} min={control.min} max={control.max} onChange={set} />
      );
    case 'switch':
      return <Switch label={shared.label} description={shared.description} checked={value === true} disabled={shared.readOnly} onChange={(event) => set(event.currentTarget.checked)} />;
    case 'text': {
      const text = typeof value === 'string' ? value : '';
      return control.multiline ? (
        <Textarea {...shared} autosize minRows={2} value={text} onChange={(event) => set(event.currentTarget.value)} />
      ) : (
        <TextInput {...shared} value={text} onChange={(event) => set(event.currentTarget.value)} />
      );
    }
  }
}

/** A value that is no longer offered stays visible: it is what the step is set to. */
function known(options: readonly { value: string; label: string }[], value: unknown): { value: string; label: string }[] {
  const missing = typeof value === 'string' && value !== '' && !options.some((one) => one.value === value);
  return missing ? [...options, { value: value, label: `${value} (not known)` }] : [...options];
}

function ConnectionSelect({ value, set, shared, step, side }: Omit<InputProps, 'field'>) {
  const { installed, change } = useBuilder();
  const fitting = installed.connections.filter((one) => installed.roleOf(one)[side]);
  const options = fitting.map((one) => ({ value: one.id, label: one.name }));
  const choose = (next: string | null) => {
    const other = installed.appOf(next ?? undefined)?.id !== installed.appOf(typeof value === 'string' ? value : undefined)?.id;
    // What one app calls its records means nothing to another.
    if (side === 'source' && other) change(step.id, { connection: next ?? undefined, resource: undefined, statuses: undefined });
    else set(next);
  };
  return (
    <>
      <Select {...shared} placeholder="Choose a connection" data={known(options, value)} value={typeof value === 'string' ? value : null} allowDeselect={false} searchable={options.length > 6} onChange={choose} />
      {fitting.length === 0 && side === 'source' ? (
        <p className="small muted b-under">
          There is no site yet. <Go to="/connections/new?app=wordpress">Add a connection</Go>
        </p>
      ) : null}
    </>
  );
}

function ResourceSelect({ value, set, shared, step }: Omit<InputProps, 'field' | 'side'>) {
  const { installed, change } = useBuilder();
  const connection = typeof step['connection'] === 'string' ? step['connection'] : undefined;
  const options = installed.resources(connection).map((one) => ({ value: one.id, label: one.name }));
  const choose = (next: string | null) => {
    const name = options.find((one) => one.value === next)?.label;
    const unnamed = step.name === 'Fetch' || options.some((one) => one.label === step.name);
    if (unnamed && name !== undefined) change(step.id, { resource: next, name, statuses: undefined });
    else set(next);
  };
  return (
    <Select
      {...shared}
      placeholder={connection === undefined ? 'Choose a connection first' : 'Choose what to read'}
      disabled={connection === undefined}
      data={known(options, value)}
      value={typeof value === 'string' ? value : null}
      allowDeselect={false}
      searchable={options.length > 8}
      onChange={choose}
    />
  );
}

function MapForm({ step }: { step: Step }) {
  const { installed, change, isEditable, graph } = useBuilder();
  const error = useFieldError(step, 'mapping');
  const id = mappingIdOf(step);
  const source = sourceOf(graph, step.id);
  const app = installed.appOf(source?.connection);
  const fits = (one: { app: string; resource: string }) => source === undefined || (one.app === app?.id && one.resource === source.resource);
  const option = (one: { id: string; name: string; revision: number }) => ({ value: one.id, label: `${one.name} (revision ${one.revision})` });
  const [fitting, others] = [installed.mappings.filter(fits), installed.mappings.filter((one) => !fits(one))];
  const resource = source && (installed.names.resource(source.connection, source.resource) ?? source.resource);
  const data = [
    ...(fitting.length > 0 ? [{ group: resource === undefined ? 'Mappings' : `For ${resource.toLowerCase()}`, items: fitting.map(option) }] : []),
    ...(others.length > 0 ? [{ group: 'For other records', items: others.map((one) => ({ ...option(one), disabled: true })) }] : []),
    ...(id !== undefined && installed.known.mappings && !installed.mappings.some((one) => one.id === id) ? [{ group: 'Gone', items: [{ value: id, label: id }] }] : []),
  ];
  const make = useNewMapping((mapping) => change(step.id, { mapping: { id: mapping } }));
  return (
    <div data-field="mapping" className="stack-8">
      <Select
        label="Mapping"
        withAsterisk
        description="Which Portal field comes from which source field"
        placeholder="Choose a mapping"
        data={data}
        value={id ?? null}
        allowDeselect={false}
        searchable={installed.mappings.length > 6}
        readOnly={!isEditable}
        error={error}
        onChange={(next) => change(step.id, { mapping: next === null ? undefined : { id: next } })}
      />
      <div className="row">
        {id === undefined ? null : (
          <Go to={`/mappings/${id}`} className="b-open">
            <Icon name="list-check" size={16} /> Open the mapping
          </Go>
        )}
        {isEditable && source && app ? (
          <Act
            does="POST /api/v1/mappings"
            size="xs"
            variant="default"
            leftSection={<Icon name="plus" size={16} />}
            loading={make.isBusy}
            onClick={() => void make.make(app.id, source.resource, resource ?? source.resource)}
          >
            New mapping
          </Act>
        ) : null}
      </div>
      {make.error ? <p className="small err-text">{sentence(make.error.detail)}</p> : null}
    </div>
  );
}
