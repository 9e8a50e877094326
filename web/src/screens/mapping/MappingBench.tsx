import { Button, Select, Tooltip, ActionIcon } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

import { call } from '../../api/client';
import { useMayNotTry } from '../../api/may';
import { type ApiError, asApiError } from '../../api/problem';
import { useRead } from '../../api/queries';
import type { CheckResult, Mapping } from '../../api/schema';
import { useSession } from '../../api/session';
import { useFilters, useGo } from '../../app/go';
import { Act } from '../../parts/Act';
import { Go } from '../../parts/Go';
import { Icon } from '../../parts/Icon';
import { Page } from '../../parts/Page';
import { EmptyState, ErrorPanel, Skeleton } from '../../parts/States';
import { sentence } from '../../parts/format';
import { toast } from '../../parts/toasts';
import { CheckPanel } from './CheckPanel';
import { FieldRow, type RowActions } from './FieldRow';
import { MappingMenu } from './MappingMenu';
import { SampleSwitch } from './SampleSwitch';
import { SaveMapping } from './SaveMapping';
import { SourceTree } from './SourceTree';
import { type Definition, isTemplate, put, readDefinition, rowsOf, unmap, usedPaths } from './definition';
import { cellOf, summary } from './preview';
import { mapByName, ruleFrom } from './suggest';
import { type SourceField, choices, flat, treeOf } from './tree';
import { type MappingDraft, useMappingDraft } from './useMappingDraft';
import { usePlace } from './usePlace';
import { usePreview } from './usePreview';
import { useRecords } from './useRecords';
import { useUsedBy } from './useUsedBy';

interface Props {
  mapping: Mapping;
  newest: Mapping;
  isOld: boolean;
}

/** Source fields at the left, a row for each Portal field at the right, the result in the row. */
export function MappingBench({ mapping, newest, isOld }: Props) {
  const role = useSession().data?.role;
  const isEditable = !isOld && (role === undefined || role === 'administrator');
  const [search, changeSearch] = useFilters();
  const go = useGo();
  const place = usePlace(mapping, search['connection']);
  const draft = useMappingDraft(mapping, isOld);
  const { definition } = draft;
  const { targets } = place;
  const mayNotTry = useMayNotTry();
  const records = useRecords(place.connection?.id, mapping.resource, mayNotTry === undefined);
  const samples = useMemo(() => records.shown.map((sample) => sample.record), [records.shown]);
  const preview = usePreview(definition, targets, samples);
  const current = records.shown.find((sample) => sample.id === search['sample']) ?? records.shown[0];
  const result = preview.records.find((one) => one.id === current?.id);
  const tree = useMemo(() => treeOf(current?.record), [current]);
  const fields = useMemo(() => choices(tree), [tree]);
  const used = useMemo(() => usedPaths(definition), [definition]);
  const rows = useMemo(() => rowsOf(definition, targets), [definition, targets]);
  const [active, setActive] = useState<string | undefined>(search['field']);
  const activeTarget = rows.find((row) => row.target.name === active)?.target;
  const actions = useActions(draft, rows.map((row) => row.target), tree, place.zone, setActive);
  const check = useCheck(definition, place.connection?.id, mapping.resource);
  const readyMade = useRead(['ready-made', 'list'], 'GET /api/v1/ready-made-mappings', {}, { staleTime: Number.POSITIVE_INFINITY });
  const usedBy = useUsedBy(mapping.id);
  const isNarrow = useMediaQuery('(max-width: 1099px)', false, { getInitialValueInEffect: false });
  const state = summary(result, preview.faults);
  useLinkedSample(search['sample'], records);
  useKeys(draft, isEditable);
  useFocusField(search['field'], targets.length > 0);

  const byName = () => {
    const ready = readyMade.data?.items.find((one) => one.app === mapping.app && one.resource === mapping.resource && one.entity === mapping.entity);
    const suggested = mapByName(definition, targets, current?.record, tree, ready && readDefinition(ready.definition, mapping.entity), place.zone);
    if (suggested.filled.length === 0) return toast('Nothing to suggest: every row that a name fits is filled', { tone: 'info' });
    draft.suggest(suggested.definition, suggested.filled);
    toast(`${suggested.filled.length === 1 ? '1 row' : `${suggested.filled.length} rows`} suggested`, { action: { label: 'Undo', run: draft.undo } });
  };
  const choose = (field: SourceField) => {
    if (!isEditable) return;
    if (active === undefined) return toast('Choose a Portal field first, at the right', { tone: 'info' });
    const rule = definition.fields.find((one) => one.to === active);
    // In a text with fields, a click adds the field instead of taking its place.
    if (rule && isTemplate(rule.from)) actions.from(active, { template: `${rule.from.template}{${field.path}}` });
    else actions.use(active, field.path);
  };
  const show = (id: string) => changeSearch({ sample: id });
  const showFailing = (id: string, field: string) => {
    records
      .load(id)
      .then((loaded) => {
        if (loaded === undefined) return toast(`Record ${id} is not there any more`, { tone: 'info' });
        show(loaded);
        setActive(field);
        document.getElementById(`field-${field}`)?.scrollIntoView({ block: 'center', behavior: 'smooth' });
      })
      .catch((error: unknown) => toast(sentence(asApiError(error).detail), { tone: 'err' }));
  };

  const source = (
    <>
      {records.error ? <ErrorPanel error={records.error} onRetry={records.retry} /> : null}
      {place.isLoaded && !place.connection ? (
        <EmptyState icon="plug-connected" action={<Go to={`/connections/new?app=${mapping.app}`}>Add a connection</Go>}>
          Real records show here when there is a connection to read them from.
        </EmptyState>
      ) : null}
      {records.isLoading ? <Skeleton rows={8} /> : null}
      {mayNotTry ? <EmptyState icon="eye">No real record is shown, and no result. {mayNotTry}</EmptyState> : null}
      {!mayNotTry && !records.isLoading && place.connection && !records.error && records.shown.length === 0 ? (
        <EmptyState icon="database">This connection has no such records yet.</EmptyState>
      ) : null}
      {current ? <SourceTree fields={tree} used={used} target={isEditable ? activeTarget?.label : undefined} isEditable={isEditable} onChoose={choose} /> : null}
    </>
  );
  const heading = `Source: a real record${place.connection ? ` from ${place.connection.name}` : ''}`;

  return (
    <Page
      title={mapping.name}
      aside={
        <span className="m-aside muted">
          {isOld ? <span className="badge badge-idle tag">Revision {mapping.revision}</span> : <span className="nowrap">{draft.base === 0 ? 'Not saved yet' : `Revision ${draft.base}`}{draft.isChanged ? ', changed' : ''}</span>}
          <UsedBy of={usedBy.data} />
        </span>
      }
      actions={
        <>
          {isEditable ? <UndoRedo draft={draft} /> : null}
          {isEditable ? (
            <Button variant="default" leftSection={<Icon name="wand" size={16} />} disabled={!current} onClick={byName}>
              Map by name
            </Button>
          ) : null}
          <Act does="POST /api/v1/mappings/check" hint="Runs the mapping on the server over the last 100 records" variant="default" leftSection={<Icon name="list-check" size={16} />} loading={check.isBusy} disabled={!place.connection || preview.faults.size > 0} onClick={() => void check.run()}>
            Check on the last 100
          </Act>
          <MappingMenu mapping={mapping} newest={newest} />
          {isEditable ? <SaveMapping mapping={newest} draft={draft} targets={targets} faults={preview.faults} isCurrent={preview.isCurrent || records.shown.length === 0} usedBy={usedBy.data?.users ?? []} /> : isOld ? null : <Act does="POST /api/v1/mappings/{id}/revisions">Save</Act>}
        </>
      }
    >
      <div className="stack">
        {isOld ? (
          <div className="bar bar-info m-bar" role="status">
            <Icon name="history" />
            <span className="grow">You see revision {mapping.revision}. The newest is {newest.revision}.</span>
            <Button size="xs" variant="default" onClick={() => go(`/mappings/${mapping.id}`)}>
              Back to the newest
            </Button>
          </div>
        ) : null}
        {check.error ? <ErrorPanel error={check.error} onRetry={() => void check.run()} /> : null}
        {check.result ? <CheckPanel result={check.result} isOutdated={check.of !== definition} targets={targets} onShow={showFailing} onClose={check.close} /> : null}
        <div className="m-bench">
          {isNarrow ? (
            <details className="card m-source-card">
              <summary className="card-head">
                <h2>{heading}</h2>
                <Icon name="chevron-down" size={16} />
              </summary>
              {source}
            </details>
          ) : (
            <section className="card m-source-card" aria-labelledby="m-source-title">
              <div className="card-head">
                <h2 id="m-source-title">{heading}</h2>
                {place.choices.length > 1 ? (
                  <Select size="xs" aria-label="Connection to read samples from" data={place.choices.map((one) => ({ value: one.id, label: one.name }))} value={place.connection?.id ?? null} allowDeselect={false} onChange={(id) => changeSearch({ connection: id ?? undefined, sample: undefined })} />
                ) : null}
              </div>
              {source}
            </section>
          )}
          <section className="card m-fields" aria-labelledby="m-fields-title">
            <div className="card-head m-fields-head">
              <h2 id="m-fields-title">Portal fields: {place.entityName}</h2>
              <span className={`badge badge-${state.ok ? 'ok' : 'err'}`} role="status">
                {result || preview.faults.size > 0 ? state.words : 'No result yet'}
              </span>
            </div>
            {records.shown.length > 0 ? (
              <SampleSwitch records={records} previews={preview.records} faults={preview.faults} current={current} definition={definition} active={activeTarget} onChoose={show} />
            ) : null}
            {preview.error ? <PreviewError error={preview.error} /> : null}
            <div className="m-head" aria-hidden="true">
              <span>Portal field</span>
              <span>Comes from</span>
              <span>Convert, then check</span>
              <span>If empty, use</span>
              <span>Result for #{current?.id ?? '–'}</span>
            </div>
            {place.isLoaded ? null : <Skeleton rows={8} height={64} />}
            <div className="m-rows">
              {rows.map((row) => (
                <FieldRow
                  key={row.target.name}
                  row={row}
                  cell={cellOf(result, row.target.name, row.rule, preview.faults.get(row.target.name))}
                  isActive={active === row.target.name}
                  isSuggested={draft.suggested.has(row.target.name)}
                  isEditable={isEditable}
                  isStale={!preview.isCurrent}
                  fields={fields}
                  resources={place.resources}
                  zone={place.zone}
                  actions={actions}
                />
              ))}
            </div>
          </section>
        </div>
      </div>
    </Page>
  );
}

function PreviewError({ error }: { error: ApiError }) {
  return (
    <p className="m-preview-error small" role="status">
      <Icon name="alert-triangle" size={14} /> The results are not up to date: {error.isOffline ? 'the server does not answer. It is asked again with your next change.' : sentence(error.detail)}
    </p>
  );
}

function UsedBy({ of }: { of: { users: readonly { id: string; name: string }[]; isAll: boolean } | undefined }) {
  if (!of) return null;
  const { users, isAll } = of;
  const more = isAll ? '' : ' at least';
  if (users.length === 0) return <span>{isAll ? 'Not used yet' : ''}</span>;
  const [only] = users;
  if (users.length === 1 && only) {
    return (
      <span>
        Used by{more} <Go to={`/scenarios/${only.id}/builder`}>{only.name}</Go>
      </span>
    );
  }
  return (
    <Tooltip label={users.map((user) => user.name).join(', ')} multiline maw={360}>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the names show on focus as well */}
      <span tabIndex={0}>
        Used by{more} {users.length} scenarios
      </span>
    </Tooltip>
  );
}

function UndoRedo({ draft }: { draft: MappingDraft }) {
  const tool = (icon: 'arrow-back-up' | 'arrow-forward-up', label: string, run: (() => void) | undefined) => (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size={36} aria-label={label} aria-disabled={!run} data-disabled={!run || undefined} onClick={run}>
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  );
  return (
    <span className="m-undo">
      {tool('arrow-back-up', draft.undoable === undefined ? 'Undo' : `Undo: ${draft.undoable} (Ctrl Z)`, draft.undoable === undefined ? undefined : draft.undo)}
      {tool('arrow-forward-up', draft.redoable === undefined ? 'Redo' : `Redo: ${draft.redoable} (Ctrl Shift Z)`, draft.redoable === undefined ? undefined : draft.redo)}
    </span>
  );
}

/** Edits of rows; stable, so that a row is drawn again only when it changed. */
function useActions(draft: MappingDraft, targets: { name: string; label: string }[], tree: readonly SourceField[], zone: string, activate: (field: string) => void): RowActions {
  const latest = useRef({ draft, targets, tree, zone });
  useEffect(() => {
    latest.current = { draft, targets, tree, zone };
  });
  return useMemo(() => {
    const now = () => latest.current;
    const ruleOf = (definition: Definition, field: string) => definition.fields.find((one) => one.to === field);
    const label = (field: string) => now().targets.find((one) => one.name === field)?.label ?? field;
    return {
      activate,
      use: (field, path) => {
        const { draft: { definition, edit }, targets: all, tree: fields, zone: siteZone } = now();
        const target = all.find((one) => one.name === field) as Parameters<typeof ruleFrom>[2] | undefined;
        if (!target) return;
        const source = flat(fields).find((one) => one.path === path);
        edit(put(definition, ruleFrom(path, source, target, ruleOf(definition, field), siteZone)), `Fill ${label(field)}`, field);
        activate(field);
      },
      from: (field, from) => {
        const { draft: { definition, edit } } = now();
        const rule = ruleOf(definition, field);
        if ('path' in from && from.path === '') return edit(unmap(definition, field), `Clear ${label(field)}`, field);
        edit(put(definition, { ...(rule ?? { to: field }), from }), `Fill ${label(field)}`, field, `${field} from`);
      },
      change: (field, changed, key) => {
        const { draft: { definition, edit } } = now();
        const rule = ruleOf(definition, field);
        if (rule) edit(put(definition, { ...rule, ...changed }), `Change ${label(field)}`, field, key);
      },
      unmap: (field) => {
        const { draft: { definition, edit, undo } } = now();
        edit(unmap(definition, field), `Empty ${label(field)}`, field);
        toast(`${label(field)} is not filled any more`, { tone: 'info', action: { label: 'Undo', run: undo } });
      },
      confirm: (field) => now().draft.confirm(field),
    };
  }, [activate]);
}

const RECORDS = 100;

function useCheck(definition: Definition, connection: string | undefined, resource: string) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const [done, setDone] = useState<{ of: Definition; result: CheckResult }>();
  const run = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const result = await call('POST /api/v1/mappings/check', { body: { definition: { ...definition }, connection: connection ?? null, resource, last: RECORDS } });
      setDone({ of: definition, result });
      setTimeout(() => document.getElementById('check-title')?.focus(), 30);
    } catch (failed) {
      setError(asApiError(failed));
    } finally {
      setBusy(false);
    }
  };
  const close = useCallback(() => setDone(undefined), []);
  return { run, isBusy, error, result: done?.result, of: done?.of, close };
}

function useKeys(draft: MappingDraft, isEditable: boolean): void {
  const latest = useRef(draft);
  useEffect(() => {
    latest.current = draft;
  });
  useEffect(() => {
    if (!isEditable) return undefined;
    const press = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      if (!(event.ctrlKey || event.metaKey) || (key !== 'z' && key !== 'y') || document.querySelector('[role="dialog"]')) return;
      // Inside a text the browser's own undo is meant.
      if (event.target instanceof HTMLInputElement && !event.target.readOnly && event.target.getAttribute('aria-haspopup') !== 'listbox') return;
      event.preventDefault();
      if (key === 'y' || event.shiftKey) latest.current.redo();
      else latest.current.undo();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [isEditable]);
}

/** A link may name a record that is not among the first. */
function useLinkedSample(id: string | undefined, records: ReturnType<typeof useRecords>): void {
  const asked = useRef<string | undefined>(undefined);
  const isMissing = id !== undefined && records.shown.length > 0 && !records.shown.some((sample) => sample.id === id);
  const { load } = records;
  useEffect(() => {
    if (!isMissing || asked.current === id) return;
    asked.current = id;
    load(id).catch(() => undefined);
  }, [isMissing, id, load]);
}

/** A link may name the field that needs work. */
function useFocusField(field: string | undefined, isReady: boolean): void {
  const done = useRef(false);
  useEffect(() => {
    if (!isReady || field === undefined || done.current) return undefined;
    done.current = true;
    const timer = setTimeout(() => {
      const row = document.getElementById(`field-${field}`);
      row?.scrollIntoView({ block: 'center' });
      row?.querySelector<HTMLElement>('input')?.focus({ preventScroll: true });
    }, 80);
    return () => clearTimeout(timer);
  }, [field, isReady]);
}
