import { ActionIcon, Autocomplete, Button, Select, SegmentedControl, TagsInput, TextInput, Textarea } from '@mantine/core';
import { useMemo, useState } from 'react';

import { Icon } from '../../parts/Icon';
import { choices, treeOf, valueAt } from '../mapping/tree';
import { type Choices, type Clause, OPERATORS, type Operator, type Root, literalOf, read, takes, write } from './condition';
import { useBuilder } from './context';
import type { Step } from './graph';
import { isMapped, sourceOf, upstream } from './presets';
import { useRead } from '../../api/queries';
import { useSamples } from './useSamples';
import { mappingIdOf } from './words';

interface Props {
  step: Step;
  error: string | undefined;
}

/** A filter's condition: by choices where choices can say it, else as text. */
export function ConditionForm({ step, error }: Props) {
  const { change, isEditable } = useBuilder();
  const text = typeof step['condition'] === 'string' ? step['condition'] : '';
  const chosen = useMemo(() => read(text), [text]);
  const [draft, setDraft] = useState<Choices>();
  const [isText, setText] = useState(chosen === undefined);
  // A condition that is only half chosen is not written yet; it lives here.
  const isOwn = draft !== undefined && write({ ...draft, clauses: draft.clauses.filter(isFull) }) === text;
  const shown = isOwn ? draft : chosen && chosen.clauses.length > 0 ? chosen : START;
  const set = (next: Choices) => {
    setDraft(next);
    const full = next.clauses.filter(isFull);
    change(step.id, { condition: write({ ...next, clauses: full }) }, 'Change the condition');
  };
  const asText = isText || chosen === undefined;
  return (
    <div data-field="condition" className="stack-8">
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label="How to write the condition"
        data={[{ value: 'choices', label: 'Choose', disabled: chosen === undefined }, { value: 'text', label: 'Write' }]}
        value={asText ? 'text' : 'choices'}
        onChange={(value) => setText(value === 'text')}
      />
      {asText ? (
        <Textarea
          label="Condition"
          withAsterisk
          description={chosen === undefined ? 'This condition says more than choices can.' : 'record is the source record, item are the mapped fields.'}
          autosize
          minRows={3}
          value={text}
          readOnly={!isEditable}
          error={error}
          spellCheck={false}
          classNames={{ input: 'mono' }}
          onChange={(event) => change(step.id, { condition: event.currentTarget.value }, 'Change the condition')}
        />
      ) : (
        <Clauses step={step} choices={shown} set={set} error={error} />
      )}
    </div>
  );
}

const NEW: Clause = { root: 'record', path: '', operator: 'is', values: [] };
const START: Choices = { join: 'all', clauses: [NEW] };

function isFull({ path, operator, values }: Clause): boolean {
  return path !== '' && (takes(operator) === 'none' || values.length > 0);
}

function Clauses({ step, choices: all, set, error }: { step: Step; choices: Choices; set: (next: Choices) => void; error: string | undefined }) {
  const { isEditable } = useBuilder();
  const fields = useFields(step);
  const replace = (n: number, clause: Clause) => set({ ...all, clauses: all.clauses.map((one, at) => (at === n ? clause : one)) });
  return (
    <div className="stack-8">
      {all.clauses.length > 1 ? (
        <Select
          aria-label="How the conditions belong together"
          size="xs"
          data={[{ value: 'all', label: 'All of these' }, { value: 'any', label: 'Any of these' }]}
          value={all.join}
          allowDeselect={false}
          readOnly={!isEditable}
          onChange={(join) => set({ ...all, join: join === 'any' ? 'any' : 'all' })}
        />
      ) : null}
      {all.clauses.map((clause, n) => (
        <fieldset key={n} className="b-clause">
          <legend className="visually-hidden">Condition {n + 1}</legend>
          <ClauseFields clause={clause} fields={fields} set={(next) => replace(n, next)} isEditable={isEditable} />
          {all.clauses.length > 1 && isEditable ? (
            <ActionIcon variant="subtle" color="gray" size={32} aria-label={`Remove condition ${n + 1}`} onClick={() => set({ ...all, clauses: all.clauses.filter((_, at) => at !== n) })}>
              <Icon name="x" size={16} />
            </ActionIcon>
          ) : null}
        </fieldset>
      ))}
      {error === undefined ? null : <p className="small err-text" role="alert">{error}</p>}
      {isEditable ? (
        <Button size="xs" variant="default" leftSection={<Icon name="plus" size={16} />} onClick={() => set({ ...all, clauses: [...all.clauses, NEW] })} className="b-start">
          Add a condition
        </Button>
      ) : null}
    </div>
  );
}

interface FieldChoice {
  readonly value: string;
  readonly label: string;
  readonly sample: unknown;
}

function ClauseFields({ clause, fields, set, isEditable }: { clause: Clause; fields: readonly FieldChoice[]; set: (next: Clause) => void; isEditable: boolean }) {
  const own = clause.path === '' ? null : `${clause.root}.${clause.path}`;
  const data = own !== null && !fields.some((one) => one.value === own) ? [...fields, { value: own, label: clause.path, sample: undefined }] : [...fields];
  const sample = fields.find((one) => one.value === own)?.sample;
  const kind = takes(clause.operator);
  const first = clause.values[0];
  const suggestions = sample === undefined || sample === null || typeof sample === 'object' ? [] : [String(sample)];
  return (
    <div className="grow stack-4">
      <Select
        aria-label="Field"
        placeholder="Choose a field"
        searchable
        size="xs"
        data={data.map(({ value, label }) => ({ value, label }))}
        value={own}
        allowDeselect={false}
        readOnly={!isEditable}
        onChange={(value) => value !== null && set({ ...clause, root: value.startsWith('item.') ? 'item' : 'record', path: value.replace(/^(record|item)\.?/, '') })}
      />
      <Select
        aria-label="Comparison"
        size="xs"
        data={OPERATORS.map(({ value, label }) => ({ value, label }))}
        value={clause.operator}
        allowDeselect={false}
        readOnly={!isEditable}
        onChange={(value) => set({ ...clause, operator: value as Operator })}
      />
      {kind === 'one' ? (
        suggestions.length > 0 ? (
          <Autocomplete aria-label="Value" placeholder={`such as ${suggestions[0]}`} size="xs" data={suggestions} value={first === undefined ? '' : String(first)} readOnly={!isEditable} onChange={(text) => set({ ...clause, values: text === '' ? [] : [literalOf(text, sample)] })} />
        ) : (
          <TextInput aria-label="Value" placeholder="Value" size="xs" value={first === undefined ? '' : String(first)} readOnly={!isEditable} onChange={(event) => set({ ...clause, values: event.currentTarget.value === '' ? [] : [literalOf(event.currentTarget.value, sample)] })} />
        )
      ) : null}
      {kind === 'many' ? (
        <TagsInput aria-label="Values" placeholder="Type a value, then Enter" size="xs" data={suggestions} value={clause.values.map(String)} readOnly={!isEditable} onChange={(texts) => set({ ...clause, values: texts.map((text) => literalOf(text, sample)) })} />
      ) : null}
    </div>
  );
}

/** Fields of a real record, and of the mapping where there is one before. */
function useFields(step: Step): FieldChoice[] {
  const { graph } = useBuilder();
  const source = sourceOf(graph, step.id);
  const mapped = isMapped(graph, step.id);
  const mapping = mapped ? mappingIdOf(upstream(graph, step.id, 'map') ?? step) : undefined;
  const definition = useRead(['mapping', mapping ?? ''], 'GET /api/v1/mappings/{id}', { path: { id: mapping ?? '-' } }, { enabled: mapping !== undefined });
  const samples = useSamples(source);
  return useMemo(() => {
    const record = samples.data?.records[0]?.record;
    const choice = (root: Root, path: string, sample: unknown): FieldChoice => ({ value: `${root}.${path}`, label: root === 'item' ? `${path} (mapped)` : path, sample });
    const own = choices(treeOf(record)).map((field) => choice('record', field.path, valueAt(record, field.path)));
    const fields = (definition.data?.definition as { fields?: { to: string }[] } | undefined)?.fields ?? [];
    return mapped ? [...fields.map((field) => choice('item', field.to, undefined)), ...own] : own;
  }, [samples.data, definition.data, mapped]);
}
