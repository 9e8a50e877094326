import { Button, Select, TextInput, Tooltip } from '@mantine/core';
import { type DragEvent, memo, useEffect, useRef, useState } from 'react';

import { Icon } from '../../parts/Icon';
import { sentence } from '../../parts/format';
import { RowSource } from './RowSource';
import { RowSteps } from './RowSteps';
import { DRAGGED } from './SourceTree';
import { type FieldRule, type From, type Row, TYPE_WORDS } from './definition';
import { fallbackFrom, fallbackText } from './fallback';
import type { Cell } from './preview';
import { type SourceField, shownOf } from './tree';

export interface RowActions {
  activate(field: string): void;
  /** A source field, by click, choice or drop: it takes the place of what was there. */
  use(field: string, path: string): void;
  from(field: string, from: From): void;
  change(field: string, changed: Partial<FieldRule>, key?: string): void;
  unmap(field: string): void;
  confirm(field: string): void;
}

interface Props {
  row: Row;
  cell: Cell | undefined;
  isActive: boolean;
  isSuggested: boolean;
  isEditable: boolean;
  isStale: boolean;
  fields: readonly SourceField[];
  resources: readonly { value: string; label: string }[];
  zone: string;
  actions: RowActions;
}

/** One Portal field: where it comes from, what is done with it, and what comes out for the chosen record. */
export const FieldRow = memo(function FieldRow(props: Props) {
  const { row, cell, isActive, isSuggested, isEditable, actions } = props;
  const { target, rule } = row;
  const [isOver, setOver] = useState(false);
  const line = useRef<HTMLDivElement>(null);
  const { name } = target;
  const dropped = (event: DragEvent) => {
    setOver(false);
    const path = event.dataTransfer.getData(DRAGGED);
    if (path === '') return;
    event.preventDefault();
    actions.use(name, path);
  };
  return (
    // What is dropped here can be chosen in the row as well.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={line}
      className="m-row"
      id={`field-${name}`}
      data-active={isActive || undefined}
      data-over={isOver || undefined}
      data-failing={cell?.error !== undefined || undefined}
      role="group"
      aria-label={`${target.label}, ${TYPE_WORDS[target.type]}${target.required ? ', required' : ''}`}
      onFocus={() => actions.activate(name)}
      onDragOver={(event) => {
        if (!isEditable || !event.dataTransfer.types.includes(DRAGGED)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!line.current?.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={dropped}
    >
      <div className="m-cell m-name">
        <button type="button" className="m-label" aria-pressed={isActive} title="Fill this field by choosing a source field" onClick={() => actions.activate(name)}>
          {target.label}
          {target.required ? <span className="m-required" aria-hidden="true"> *</span> : null}
        </button>
        <span className="small muted">
          {row.unknown ? 'Portal has no such field' : TYPE_WORDS[target.type]}
          {target.unique ? ' · unique' : ''}
          {target.personal ? ' · personal' : ''}
        </span>
        {isSuggested ? (
          <span className="row-4">
            <span className="badge badge-info tag">suggested</span>
            <Button size="compact-xs" variant="subtle" onClick={() => actions.confirm(name)} aria-label={`Confirm ${target.label}`}>
              Confirm
            </Button>
          </span>
        ) : null}
      </div>
      <div className="m-cell" data-head="Comes from">
        <RowSource
          target={target}
          rule={rule}
          fields={props.fields}
          isEditable={isEditable}
          onField={(path) => actions.use(name, path)}
          onFrom={(from) => actions.from(name, from)}
          onUnmap={() => actions.unmap(name)}
        />
      </div>
      <div className="m-cell" data-head="Convert, then check">
        {rule ? <Middle {...props} rule={rule} /> : null}
      </div>
      <div className="m-cell" data-head="If empty, use">
        {rule ? <Default {...props} rule={rule} /> : null}
      </div>
      <div className="m-cell m-result" data-head="Result" data-stale={props.isStale || undefined}>
        <Result cell={cell} row={row} />
      </div>
    </div>
  );
});

function Middle({ row, rule, resources, zone, isEditable, actions }: Props & { rule: FieldRule }) {
  const { target } = row;
  const isReference = target.type === 'reference' || rule.reference !== undefined;
  return (
    <>
      {isReference ? (
        <Select
          aria-label={`${target.label} links to`}
          size="xs"
          leftSection={<Icon name="link" size={14} />}
          placeholder="Links to…"
          data={resources.map(({ value, label }) => ({ value, label: `Links to ${label.toLowerCase()}` }))}
          value={rule.reference?.resource ?? null}
          allowDeselect={target.type === 'list'}
          readOnly={!isEditable}
          onChange={(resource) => actions.change(target.name, { reference: resource === null ? (undefined as never) : { resource } })}
        />
      ) : null}
      {isReference && (rule.convert ?? []).length === 0 ? null : (
        <RowSteps target={target} rule={rule} zone={zone} isEditable={isEditable} onChange={(changed) => actions.change(target.name, changed, `${target.name} steps`)} />
      )}
    </>
  );
}

function Default({ row, rule, isEditable, actions }: Props & { rule: FieldRule }) {
  const { target } = row;
  const written = fallbackText(rule);
  const [text, setText] = useState(written);
  const typing = useRef(false);
  useEffect(() => {
    if (!typing.current) setText(written);
  }, [written]);
  return (
    <TextInput
      size="xs"
      aria-label={`If ${target.label} is empty, use`}
      placeholder="–"
      title="A value, or a field in braces: {slug}"
      value={text}
      readOnly={!isEditable}
      onFocus={() => {
        typing.current = true;
      }}
      onBlur={() => {
        typing.current = false;
        setText(written);
      }}
      onChange={(event) => {
        setText(event.currentTarget.value);
        actions.change(target.name, { default: fallbackFrom(event.currentTarget.value, target.type) as never }, `${target.name} default`);
      }}
    />
  );
}

const SHOWN_MAX = 220;

function Result({ cell, row }: { cell: Cell | undefined; row: Row }) {
  const { target, rule } = row;
  if (!rule && !cell?.error) return <span className="muted small">{target.required ? 'Required: choose a source field' : 'Not filled'}</span>;
  if (!cell) return <span className="m-bone" aria-hidden="true" />;
  if (cell.error) {
    return (
      <span className="m-error">
        <Icon name="alert-triangle" size={14} />
        <span>
          <span className="m-code">{cell.error.code}</span> {sentence(cell.error.message)} <span className="m-remedy">{sentence(cell.error.remedy)}</span>
        </span>
      </span>
    );
  }
  return (
    <span className="m-good">
      <Value cell={cell} />
      {cell.defaulted ? <span className="badge badge-idle tag">default</span> : null}
      {cell.warning ? (
        <span className="m-warning">
          <span className="m-code">{cell.warning.code}</span> {sentence(cell.warning.message)}
        </span>
      ) : null}
    </span>
  );
}

function Value({ cell }: { cell: Cell }) {
  if (cell.references.length > 0) {
    return <code>{cell.references.map((one) => `${one.resource} ${one.external_id}`).join(', ')}</code>;
  }
  if (cell.left) {
    return (
      <Tooltip label="The record has no such field, or nothing in it: Portal keeps what it has">
        <span className="muted small">not written</span>
      </Tooltip>
    );
  }
  if (cell.value === null || cell.value === '' || cell.value === undefined) return <span className="muted small">empty</span>;
  const text = typeof cell.value === 'string' ? cell.value : Array.isArray(cell.value) || typeof cell.value === 'object' ? JSON.stringify(cell.value) : shownOf(cell.value);
  return (
    <code className="m-text" title={text.length > SHOWN_MAX ? text.slice(0, 2_000) : undefined}>
      {text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text}
    </code>
  );
}

