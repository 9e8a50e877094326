import { ActionIcon, Button, Menu, Popover, Select, TagsInput, TextInput, Textarea } from '@mantine/core';
import { type ReactNode, useState } from 'react';

import { Icon } from '../../parts/Icon';
import { NumberField } from '../builder/NumberField';
import { CONVERSIONS, OTHERWISE_WORDS, type Option, RULES, chainWords, checkWords, freshConversion, freshRule } from './conversions';
import type { Conversion, FieldRule, Otherwise, Rule, TargetField } from './definition';
import { linesOf, tableOf } from './table';

interface Props {
  target: TargetField;
  rule: FieldRule;
  zone: string;
  isEditable: boolean;
  onChange: (changed: Partial<FieldRule>) => void;
}

/** How a value is converted, and what it is checked for: in words, opened to change. */
export function RowSteps(props: Props) {
  const { target, rule } = props;
  return (
    <div className="m-steps">
      <Opened label={`Convert ${target.label}`} words={chainWords(rule.convert)} icon="transform">
        <Chain {...props} />
      </Opened>
      <Opened label={`Check ${target.label}`} words={checkWords(rule, target)} icon="shield-check">
        <Checks {...props} />
      </Opened>
    </div>
  );
}

function Opened({ label, words, icon, children }: { label: string; words: string; icon: 'transform' | 'shield-check'; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setOpen} width={400} position="bottom-start" trapFocus returnFocus withinPortal>
      <Popover.Target>
        <button type="button" className="m-words" aria-haspopup="dialog" aria-expanded={isOpen} aria-label={`${label}: ${words}`} onClick={() => setOpen(!isOpen)}>
          <Icon name={icon} size={14} />
          <span className="truncate grow">{words}</span>
          <Icon name="chevron-down" size={14} />
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={label} className="m-editor">
        <div className="between">
          <h3>{label}</h3>
          <ActionIcon variant="subtle" color="gray" size={32} aria-label="Close" onClick={() => setOpen(false)}>
            <Icon name="x" size={16} />
          </ActionIcon>
        </div>
        {children}
      </Popover.Dropdown>
    </Popover>
  );
}

function Chain({ rule, zone, isEditable, onChange }: Props) {
  const chain = rule.convert ?? [];
  const set = (next: readonly Conversion[]) => onChange({ convert: next });
  return (
    <div className="stack-8">
      <Steps chain={chain} zone={zone} isEditable={isEditable} set={set} />
      {chain.length > 0 ? (
        <OtherwiseSelect label="When a conversion fails" value={rule.otherwise ?? 'reject'} isEditable={isEditable} onChange={(otherwise) => onChange({ otherwise })} />
      ) : null}
    </div>
  );
}

function Steps({ chain, zone, isEditable, set, depth = 0 }: { chain: readonly Conversion[]; zone: string; isEditable: boolean; set: (next: readonly Conversion[]) => void; depth?: number }) {
  const replace = (n: number, step: Conversion) => set(chain.map((one, at) => (at === n ? step : one)));
  const move = (n: number) => {
    const next = [...chain];
    const [step] = next.splice(n, 1);
    if (step) next.splice(n - 1, 0, step);
    set(next);
  };
  return (
    <div className="stack-8">
      {chain.length === 0 ? <p className="small muted">As is: the value is taken as it comes.</p> : null}
      <ol className="m-chain">
        {chain.map((step, n) => {
          const kind = CONVERSIONS[step.kind];
          return (
            <li key={n} className="m-step">
              <div className="m-step-head">
                <span className="grow strong">
                  {n + 1}. {kind?.label ?? step.kind}
                </span>
                {isEditable && n > 0 ? <Small label={`Move ${kind?.label ?? step.kind} up`} icon="chevron-up" onClick={() => move(n)} /> : null}
                {isEditable ? <Small label={`Remove ${kind?.label ?? step.kind}`} icon="x" onClick={() => set(chain.filter((_, at) => at !== n))} /> : null}
              </div>
              {(kind?.options ?? []).map((option) => (
                <OptionInput key={option.key} option={option} value={step[option.key]} zone={zone} isEditable={isEditable} onChange={(value) => replace(n, put(step, option.key, value))} />
              ))}
              {step.kind === 'each' && depth < 3 ? (
                <Steps chain={(step['convert'] as Conversion[] | undefined) ?? []} zone={zone} isEditable={isEditable} depth={depth + 1} set={(convert) => replace(n, { ...step, convert })} />
              ) : null}
            </li>
          );
        })}
      </ol>
      {isEditable ? (
        <Menu position="bottom-start" width={340} withinPortal={false}>
          <Menu.Target>
            <Button size="xs" variant="default" leftSection={<Icon name="plus" size={16} />} className="b-start">
              Add a conversion
            </Button>
          </Menu.Target>
          <Menu.Dropdown className="m-menu">
            {Object.entries(CONVERSIONS).map(([kind, { label, hint }]) => (
              <Menu.Item key={kind} onClick={() => set([...chain, kind === 'date-time' ? { kind, zone } : freshConversion(kind)])}>
                <span className="m-menu-name">{label}</span>
                <span className="m-menu-hint">{hint}</span>
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
    </div>
  );
}

function Checks({ target, rule, isEditable, onChange }: Props) {
  const rules = rule.rules ?? [];
  const set = (next: readonly Rule[]) => onChange({ rules: next });
  const replace = (n: number, one: Rule) => set(rules.map((old, at) => (at === n ? one : old)));
  const kinds = Object.entries(RULES).filter(([kind]) => kind !== 'type' && (kind === 'pattern' || !rules.some((one) => one.kind === kind)));
  return (
    <div className="stack-8">
      {rules.length === 0 ? <p className="small muted">{target.required || target.maxLength !== undefined ? `Portal checks: ${checkWords(undefined, target).toLowerCase()}.` : 'No check.'}</p> : null}
      <ol className="m-chain">
        {rules.map((one, n) => {
          const kind = RULES[one.kind];
          return (
            <li key={n} className="m-step">
              <div className="m-step-head">
                <span className="grow strong">{kind?.label ?? one.kind}</span>
                {isEditable ? <Small label={`Remove ${kind?.label ?? one.kind}`} icon="x" onClick={() => set(rules.filter((_, at) => at !== n))} /> : null}
              </div>
              {(kind?.options ?? []).map((option) => (
                <OptionInput key={option.key} option={option} value={one[option.key]} zone="utc" isEditable={isEditable} onChange={(value) => replace(n, put(one, option.key, value))} />
              ))}
              <OtherwiseSelect label="Otherwise" value={one.otherwise ?? 'reject'} isEditable={isEditable} onChange={(otherwise) => replace(n, { ...one, otherwise })} />
            </li>
          );
        })}
      </ol>
      {isEditable ? (
        <Menu position="bottom-start" width={280} withinPortal={false}>
          <Menu.Target>
            <Button size="xs" variant="default" leftSection={<Icon name="plus" size={16} />} className="b-start">
              Add a check
            </Button>
          </Menu.Target>
          <Menu.Dropdown className="m-menu">
            {kinds.map(([kind, { label }]) => (
              <Menu.Item key={kind} onClick={() => set([...rules, freshRule(kind)])}>
                {label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
    </div>
  );
}

function OtherwiseSelect({ label, value, isEditable, onChange }: { label: string; value: Otherwise; isEditable: boolean; onChange: (value: Otherwise) => void }) {
  return (
    <Select
      label={label}
      size="xs"
      data={Object.entries(OTHERWISE_WORDS).map(([key, words]) => ({ value: key, label: words }))}
      value={value}
      allowDeselect={false}
      readOnly={!isEditable}
      comboboxProps={{ withinPortal: false }}
      onChange={(next) => next !== null && onChange(next as Otherwise)}
    />
  );
}

interface OptionProps {
  option: Option;
  value: unknown;
  zone: string;
  isEditable: boolean;
  onChange: (value: unknown) => void;
}

function OptionInput({ option, value, zone, isEditable, onChange }: OptionProps) {
  const shared = { label: option.label, size: 'xs' as const, readOnly: !isEditable, ...(option.hint === undefined ? {} : { description: option.hint }) };
  switch (option.input) {
    case 'number':
      return <NumberField {...shared} value={typeof value === 'number' ? value : undefined} onChange={onChange} />;
    case 'values':
      return <TagsInput {...shared} value={Array.isArray(value) ? value.map(String) : []} comboboxProps={{ withinPortal: false }} onChange={onChange} />;
    case 'table':
      return <TableInput {...shared} value={value} onlyTexts={option.key === 'map'} onChange={onChange} />;
    case 'zone': {
      const zones = [...new Set(['utc', zone, 'offset-in-value', ...(typeof value === 'string' && value !== '' ? [value] : [])])];
      const words: Record<string, string> = { utc: 'UTC', 'offset-in-value': 'The value must say it' };
      return <Select {...shared} data={zones.map((one) => ({ value: one, label: words[one] ?? (one === zone ? `${one} (the site’s)` : one) }))} value={typeof value === 'string' ? value : 'utc'} allowDeselect={false} comboboxProps={{ withinPortal: false }} onChange={onChange} />;
    }
    case 'text': {
      const text = value === undefined || value === null ? '' : String(value);
      return <TextInput {...shared} value={text} onChange={(event) => onChange(!option.required && event.currentTarget.value === '' && option.key !== 'to' && option.key !== 'with' ? undefined : event.currentTarget.value)} />;
    }
  }
}

/** A table as lines: `publish = published`. */
function TableInput({ value, onlyTexts, onChange, ...shared }: { label: string; size: 'xs'; readOnly: boolean; value: unknown; onlyTexts: boolean; onChange: (value: unknown) => void }) {
  const [text, setText] = useState(() => linesOf(value));
  return (
    <Textarea
      {...shared}
      description="One line for each value: from = to"
      autosize
      minRows={3}
      maxRows={10}
      spellCheck={false}
      classNames={{ input: 'mono' }}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(tableOf(event.currentTarget.value, onlyTexts));
      }}
    />
  );
}

function put<T extends Conversion | Rule>(step: T, key: string, value: unknown): T {
  const entries = Object.entries({ ...step, [key]: value }).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(entries) as T;
}

function Small({ label, icon, onClick }: { label: string; icon: 'x' | 'chevron-up'; onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size={28} aria-label={label} onClick={onClick}>
      <Icon name={icon} size={14} />
    </ActionIcon>
  );
}
