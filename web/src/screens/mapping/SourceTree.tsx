import { Switch, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';

import { Icon } from '../../parts/Icon';
import { counted } from '../builder/words';
import { type SourceField, search } from './tree';

interface Props {
  fields: readonly SourceField[];
  used: ReadonlySet<string>;
  /** The row that a click fills. */
  target: string | undefined;
  isEditable: boolean;
  onChoose: (field: SourceField) => void;
}

/** What a source field carries while it is dragged. */
export const DRAGGED = 'application/x-portal-source';

/** The fields of the chosen record, with their values. */
export function SourceTree({ fields, used, target, isEditable, onChoose }: Props) {
  const [query, setQuery] = useState('');
  const [isUnused, setUnused] = useState(false);
  const shown = useMemo(() => search(fields, query, (field) => !isUnused || !used.has(field.path)), [fields, query, isUnused, used]);
  const isSearching = query.trim() !== '' || isUnused;
  return (
    <>
      <div className="m-find">
        <TextInput
          aria-label="Find a source field by name or value"
          placeholder="Find by name or value"
          data-search
          leftSection={<Icon name="search" size={16} />}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
        <Switch size="xs" label="Only not yet used" checked={isUnused} onChange={(event) => setUnused(event.currentTarget.checked)} />
        <p className="small muted">{target === undefined ? 'Choose a Portal field, then a source field. Or drag.' : `A click fills “${target}”.`}</p>
      </div>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls needs the keyboard */}
      <div className="m-tree" role="region" aria-label="Source fields" tabIndex={0}>
        {shown.length === 0 ? <p className="muted small m-none">No field matches.</p> : null}
        <ul>
          {shown.map((field) => (
            <Entry key={field.path} field={field} used={used} target={target} isEditable={isEditable} isOpen={isSearching} onChoose={onChoose} />
          ))}
        </ul>
      </div>
    </>
  );
}

interface EntryProps extends Omit<Props, 'fields'> {
  field: SourceField;
  isOpen: boolean;
}

function Entry(props: EntryProps) {
  const { field, isOpen, ...rest } = props;
  if (field.children.length === 0) return <Leaf field={field} {...rest} />;
  return (
    <li>
      <details className="m-group" open={isOpen || isSmall(field)}>
        <summary>
          <Icon name="chevron-right" size={14} />
          <code>{field.name}</code>
          <span className="m-type">{field.type === 'group' ? counted(field.children.length, 'field') : field.type}</span>
        </summary>
        <ul>
          {field.type === 'list' ? <Leaf field={field} {...rest} /> : null}
          {field.children.map((child) => (
            <Entry key={child.path} field={child} isOpen={isOpen} {...rest} />
          ))}
        </ul>
      </details>
    </li>
  );
}

function isSmall(field: SourceField): boolean {
  return field.children.length <= 4;
}

function Leaf({ field, used, target, isEditable, onChoose }: Omit<EntryProps, 'isOpen'>) {
  const isUsed = used.has(field.path);
  return (
    <li>
      <button
        type="button"
        className="m-source"
        draggable={isEditable}
        onDragStart={(event) => {
          event.dataTransfer.setData(DRAGGED, field.path);
          event.dataTransfer.effectAllowed = 'copy';
        }}
        onClick={() => onChoose(field)}
      >
        <span className="m-source-head">
          <code>{field.path}</code>
          {isUsed ? <Icon name="check" size={14} className="m-used" /> : null}
          <span className="m-type">{field.type}</span>
        </span>
        <span className={`m-value${field.type === 'empty' ? ' m-empty-value' : ''}`}>{field.shown}</span>
        <span className="visually-hidden">
          {isUsed ? ', used' : ''}
          {target === undefined ? '' : `, use it for ${target}`}
        </span>
      </button>
    </li>
  );
}
