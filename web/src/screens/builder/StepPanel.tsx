import { ActionIcon, Tabs, TextInput, Tooltip } from '@mantine/core';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';

import type { Item } from '../../api/schema';
import { Icon } from '../../parts/Icon';
import { sentence } from '../../parts/format';
import { ConnectTo } from './ConnectTo';
import { FailureTab } from './FailureTab';
import { KindTile } from './KindTile';
import { SampleTab } from './SampleTab';
import { SetUp } from './SetUp';
import { useBuilder } from './context';
import { type Step, isKind } from './graph';
import { KIND_WORDS, kindName, titleOf } from './words';

interface Props {
  step: Step;
  /** Which field takes the focus, after a problem was chosen or Enter pressed. */
  focusOn: { field: string; nonce: number } | undefined;
  runItems: readonly Item[] | undefined;
  run: string | undefined;
  onLeave: () => void;
}

/** The settings of the selected step. */
export function StepPanel({ step, focusOn, runItems, run, onLeave }: Props) {
  const { isEditable, problems, change, remove } = useBuilder();
  const [tab, setTab] = useState<string | null>('setup');
  const panel = useRef<HTMLElement>(null);
  const found = problems.of(step.id);
  const whole = found.filter((problem) => !problem.field);

  // Every other field is on the first tab.
  const [asked, setAsked] = useState(focusOn);
  if (asked !== focusOn) {
    setAsked(focusOn);
    if (focusOn) setTab(isOnFailure(focusOn.field) ? 'failure' : 'setup');
  }
  useEffect(() => {
    if (!focusOn) return undefined;
    const timer = setTimeout(() => focusField(panel.current, focusOn.field), 60);
    return () => clearTimeout(timer);
  }, [focusOn]);

  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || !event.currentTarget.contains(event.target as Node)) return;
    if (event.target instanceof HTMLElement && event.target.getAttribute('aria-expanded') === 'true') return;
    event.preventDefault();
    onLeave();
  };

  return (
    // Escape leaves the panel and goes back to the step; the graph and the outline are reached by Tab as well.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section className="b-panel" aria-label={`Settings of ${titleOf(step)}`} ref={panel} onKeyDown={press}>
      <div className="b-panel-head">
        <KindTile kind={step.kind} />
        <div className="grow">
          <h2 className="truncate">{titleOf(step)}</h2>
          <p className="small muted">{isKind(step.kind) ? KIND_WORDS[step.kind].does : kindName(step.kind)}</p>
        </div>
        {isEditable ? (
          <Tooltip label="Remove the step (Delete)">
            <ActionIcon variant="subtle" color="gray" size={32} aria-label={`Remove ${titleOf(step)}`} onClick={() => remove(step.id)}>
              <Icon name="trash" size={16} />
            </ActionIcon>
          </Tooltip>
        ) : null}
        <Tooltip label="Back to the step (Esc)">
          <ActionIcon variant="subtle" color="gray" size={32} aria-label="Close the settings" onClick={onLeave}>
            <Icon name="x" size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <Tabs value={tab} onChange={setTab} keepMounted={false} className="b-tabs">
        <Tabs.List>
          <Tabs.Tab value="setup">Set up</Tabs.Tab>
          <Tabs.Tab value="sample">Sample</Tabs.Tab>
          <Tabs.Tab value="failure">On failure</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="setup" className="b-tab">
          {whole.map((problem) => (
            <div key={problem.code} className={`b-problem-box b-problem-box-${problem.level}`}>
              <Icon name="alert-triangle" size={16} />
              <span>
                {sentence(problem.message)} What to do: {problem.remedy}.
              </span>
            </div>
          ))}
          <div data-field="name">
            <TextInput
              label="Name"
              value={step.name}
              placeholder={kindName(step.kind)}
              maxLength={200}
              readOnly={!isEditable}
              onChange={(event) => change(step.id, { name: event.currentTarget.value }, `Rename ${titleOf(step)}`)}
            />
          </div>
          <SetUp step={step} />
          <ConnectTo step={step} />
        </Tabs.Panel>
        <Tabs.Panel value="sample" className="b-tab">
          <SampleTab step={step} runItems={runItems} run={run} />
        </Tabs.Panel>
        <Tabs.Panel value="failure" className="b-tab">
          <FailureTab step={step} />
        </Tabs.Panel>
      </Tabs>
    </section>
  );
}

function isOnFailure(field: string): boolean {
  return field.startsWith('on_failure') || field === 'on_missing_reference';
}

function focusField(panel: HTMLElement | null, field: string): void {
  const name = CSS.escape(field);
  const place = panel?.querySelector(`[data-field="${name}"]`) ?? panel?.querySelector('[data-field]');
  place?.querySelector<HTMLElement>('input:not([type="hidden"]), textarea, button')?.focus();
}
