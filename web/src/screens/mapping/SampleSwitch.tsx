import { Button, Menu } from '@mantine/core';
import { useState } from 'react';

import { Icon } from '../../parts/Icon';
import { toast } from '../../parts/toasts';
import { sentence } from '../../parts/format';
import { asApiError } from '../../api/problem';
import type { Definition, TargetField } from './definition';
import { put } from './definition';
import { type Faults, type RecordPreview, failing } from './preview';
import type { Records, Sample } from './useRecords';

interface Props {
  records: Records;
  previews: readonly RecordPreview[];
  faults: Faults;
  current: Sample | undefined;
  definition: Definition;
  active: TargetField | undefined;
  onChoose: (id: string) => void;
}

/** The records that the mapping is tried on, each with how many fields fail. */
export function SampleSwitch({ records, previews, faults, current, definition, active, onChoose }: Props) {
  const [isBusy, setBusy] = useState(false);
  const find = async (wanted: Definition, none: string, field?: string, code?: string) => {
    setBusy(true);
    try {
      const id = await records.find(wanted, field, code);
      if (id === undefined) toast(none, { tone: 'info' });
      else onChoose(id);
    } catch (error) {
      toast(sentence(asApiError(error).detail), { tone: 'err' });
    } finally {
      setBusy(false);
    }
  };
  const another = () => {
    const id = records.another();
    if (id !== undefined) onChoose(id);
  };
  const rule = active && definition.fields.find((field) => field.to === active.name);
  const empty = active && rule ? () => void find(demanding(definition, active.name), `No record has an empty ${active.label}`, active.name, 'REQUIRED') : undefined;
  return (
    <div className="m-samples">
      <span className="muted nowrap">Preview with</span>
      <div className="m-switch" role="radiogroup" aria-label="Record to preview with">
        {records.shown.map((sample) => {
          const preview = previews.find((one) => one.id === sample.id);
          const fails = preview ? failing(preview, faults) : 0;
          const isChosen = sample.id === current?.id;
          return (
            <button
              key={sample.id}
              type="button"
              role="radio"
              aria-checked={isChosen}
              tabIndex={isChosen ? 0 : -1}
              className="m-sample"
              onClick={() => onChoose(sample.id)}
              onKeyDown={(event) => {
                const way = event.key === 'ArrowRight' || event.key === 'ArrowDown' ? 1 : event.key === 'ArrowLeft' || event.key === 'ArrowUp' ? -1 : 0;
                if (way === 0) return;
                event.preventDefault();
                const list = records.shown;
                const next = list[(list.indexOf(sample) + way + list.length) % list.length];
                if (!next) return;
                onChoose(next.id);
                const group = event.currentTarget.parentElement;
                setTimeout(() => group?.querySelector<HTMLElement>('[aria-checked="true"]')?.focus(), 0);
              }}
            >
              #{sample.id}
              {fails > 0 ? <span className="m-fails">, {fails} failing</span> : null}
            </button>
          );
        })}
      </div>
      <Menu position="bottom-start" width={280}>
        <Menu.Target>
          <Button size="xs" variant="default" loading={isBusy} rightSection={<Icon name="chevron-down" size={14} />}>
            Another
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={!records.hasMore} onClick={another}>
            Load another
          </Menu.Item>
          <Menu.Item disabled={faults.size > 0} onClick={() => void find(definition, 'No record fails')}>
            One that fails
          </Menu.Item>
          <Menu.Item disabled={!empty || faults.size > 0} onClick={empty}>
            {active ? `One with an empty ${active.label}` : 'One with an empty field (choose a field first)'}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

/** The same mapping, with a field that must not be empty and has nothing to fall back on. */
function demanding(definition: Definition, field: string): Definition {
  const rule = definition.fields.find((one) => one.to === field);
  if (!rule) return definition;
  const { default: _, ...rest } = rule;
  return put(definition, { ...rest, rules: [...(rule.rules ?? []).filter((one) => one.kind !== 'required'), { kind: 'required' }] });
}
