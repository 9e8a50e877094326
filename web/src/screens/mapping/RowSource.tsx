import { ActionIcon, Menu, Select, TextInput } from '@mantine/core';
import { useMemo } from 'react';

import { Icon, type IconName } from '../../parts/Icon';
import { NumberField } from '../builder/NumberField';
import { type FieldRule, type From, type TargetField, isConstant, isPath, isTemplate } from './definition';
import type { SourceField } from './tree';

interface Props {
  target: TargetField;
  rule: FieldRule | undefined;
  fields: readonly SourceField[];
  isEditable: boolean;
  onField: (path: string) => void;
  onFrom: (from: From) => void;
  onUnmap: () => void;
}

/** Where a Portal field comes from: a source field, a constant, or a text with fields in it. */
export function RowSource(props: Props) {
  const { target, rule, isEditable, onFrom, onUnmap } = props;
  const from = rule?.from;
  const to = (icon: IconName, label: string, next: From) => (
    <Menu.Item leftSection={<Icon name={icon} size={16} />} onClick={() => onFrom(next)}>
      {label}
    </Menu.Item>
  );
  return (
    <div className="m-from">
      <div className="grow">
        {from === undefined || isPath(from) ? <FieldSelect {...props} path={from?.path} /> : <Written {...props} from={from} />}
      </div>
      {isEditable ? (
        <Menu position="bottom-end" width={240} withinPortal>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size={32} aria-label={`How ${target.label} is filled`}>
              <Icon name="dots" size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {to('database', 'From a source field', { path: '' })}
            {to('pencil', 'Always the same value', { constant: startOf(target) })}
            {to('file-text', 'A text with fields in it', { template: templateOf(from) })}
            {rule ? (
              <>
                <Menu.Divider />
                <Menu.Item data-danger leftSection={<Icon name="unlink" size={16} />} onClick={onUnmap}>
                  Do not fill it
                </Menu.Item>
              </>
            ) : null}
          </Menu.Dropdown>
        </Menu>
      ) : null}
    </div>
  );
}

function startOf(target: TargetField): unknown {
  if (target.type === 'boolean') return true;
  if (target.type === 'integer' || target.type === 'number') return 0;
  return '';
}

function templateOf(from: From | undefined): string {
  if (from && isTemplate(from)) return from.template;
  return from && isPath(from) && from.path !== '' ? `{${from.path.split('|')[0] ?? ''}}` : '';
}

function FieldSelect({ target, fields, path, isEditable, onField }: Props & { path: string | undefined }) {
  const options = useMemo(() => {
    const own = path !== undefined && path !== '' && !fields.some((field) => field.path === path);
    const list = fields.map((field) => ({ value: field.path, label: field.path }));
    return own ? [{ value: path, label: path.split('|').join(' or ') }, ...list] : list;
  }, [fields, path]);
  const byPath = useMemo(() => new Map(fields.map((field) => [field.path, field])), [fields]);
  return (
    <Select
      aria-label={`${target.label} comes from`}
      size="xs"
      placeholder={target.required ? 'Choose a source field' : 'Not filled'}
      searchable
      readOnly={!isEditable}
      maxDropdownHeight={320}
      comboboxProps={{ width: 320, position: 'bottom-start' }}
      data={options}
      value={path === undefined || path === '' ? null : path}
      allowDeselect={false}
      nothingFoundMessage="No source field matches"
      filter={({ options: all, search }) => {
        const wanted = search.trim().toLowerCase();
        return all.filter((option) => {
          if (!('value' in option)) return false;
          const value = String(option.value);
          return value.toLowerCase().includes(wanted) || (byPath.get(value)?.shown ?? '').toLowerCase().includes(wanted);
        });
      }}
      renderOption={({ option }) => {
        const field = byPath.get(option.value);
        return (
          <span className="m-option">
            <span className="m-source-head">
              <code>{option.label}</code>
              <span className="m-type">{field?.type ?? ''}</span>
            </span>
            <span className="m-value">{field?.shown ?? ''}</span>
          </span>
        );
      }}
      onChange={(value) => value !== null && onField(value)}
    />
  );
}

function Written({ target, from, isEditable, onFrom }: Props & { from: From }) {
  if (isTemplate(from)) {
    return (
      <TextInput
        aria-label={`${target.label} is made of`}
        size="xs"
        data-template={target.name}
        placeholder="{first_name} {last_name}"
        leftSection={<Icon name="file-text" size={14} />}
        value={from.template}
        readOnly={!isEditable}
        spellCheck={false}
        onChange={(event) => onFrom({ template: event.currentTarget.value })}
      />
    );
  }
  const constant = isConstant(from) ? from.constant : '';
  const label = `${target.label} is always`;
  if (target.type === 'boolean') {
    return (
      <Select aria-label={label} size="xs" data={[{ value: 'true', label: 'Always yes' }, { value: 'false', label: 'Always no' }]} value={String(constant === true)} allowDeselect={false} readOnly={!isEditable} onChange={(value) => onFrom({ constant: value === 'true' })} />
    );
  }
  if (target.type === 'integer' || target.type === 'number') {
    return <NumberField aria-label={label} size="xs" value={typeof constant === 'number' ? constant : undefined} readOnly={!isEditable} onChange={(value) => onFrom({ constant: value ?? null })} />;
  }
  const text = typeof constant === 'string' ? constant : JSON.stringify(constant ?? '');
  return (
    <TextInput aria-label={label} size="xs" placeholder="Always this value" leftSection={<Icon name="pencil" size={14} />} value={text} readOnly={!isEditable} onChange={(event) => onFrom({ constant: event.currentTarget.value })} />
  );
}
