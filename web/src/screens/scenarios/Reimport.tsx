import './scenarios.css';
import '../runs/runs.css';

import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';

import { useRead, useWrite } from '../../api/queries';
import type { Scenario } from '../../api/schema';
import { useFilters, useGo, usePathValues } from '../../app/go';
import { Act } from '../../parts/Act';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { Go, GoButton } from '../../parts/Go';
import { Icon } from '../../parts/Icon';
import { Card, Page } from '../../parts/Page';
import { EmptyState, ErrorPanel, Loaded } from '../../parts/States';
import { count, number, words } from '../../parts/format';
import { toast } from '../../parts/toasts';
import { ChangeSet } from '../runs/ChangeSet';
import { RunItems } from '../runs/RunItems';
import { changes, settled, wouldDo } from '../runs/counts';
import { isOver } from '../runs/progress';
import { useRun } from '../runs/useRun';
import { ScenarioTabs } from './ScenarioTabs';
import { DRAFT, type Rules, previewOf, rulesOf } from './reimport';

/** Takes what was recorded through a version or a mapping again: first to look at, then to write the differences. */
export function Reimport() {
  const { id = '' } = usePathValues();
  const [search] = useFilters();
  const scenario = useRead(['scenario', id], 'GET /api/v1/scenarios/{id}', { path: { id } });
  return (
    <Page title={scenario.data?.name ?? 'Scenario'} back={<Go to="/scenarios" className="small">Scenarios</Go>} aside={<ScenarioTabs id={id} at="reimport" />}>
      <Loaded of={scenario} rows={5}>
        {(shown) =>
          shown.version === 0 ? (
            <section className="card" aria-label="Import again">
              <EmptyState icon="repeat" action={<GoButton to={`/scenarios/${id}/builder`}>Open the builder to publish</GoButton>}>
                What this scenario has imported can be imported again here, once it was published.
              </EmptyState>
            </section>
          ) : (
            <div className="stack">
              <Choose scenario={shown} />
              {search['preview'] ? <Previewed key={search['preview']} scenario={shown} preview={search['preview']} /> : null}
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}

function Choose({ scenario }: { scenario: Scenario }) {
  const [search, change] = useFilters();
  const [ids, setIds] = useState(search['ids'] ?? '');
  const path = { id: scenario.id };
  const wanted = search['version'] === DRAFT ? undefined : Number(search['version'] ?? scenario.version);
  const version = useRead(['scenario', scenario.id], 'GET /api/v1/scenarios/{id}/versions/{version}', { path: { ...path, version: wanted ?? 0 } }, { enabled: wanted !== undefined });
  const rules = rulesOf(wanted === undefined ? scenario.draft_graph : version.data?.graph);
  // Another choice is another preview.
  const choose = (changed: Record<string, string | undefined>) => change({ ...changed, preview: undefined, outcome: undefined });
  const start = useWrite('POST /api/v1/scenarios/{id}/reimports', { topics: ['run'], onDone: ({ run }) => change({ ids: ids.trim() || undefined, preview: run, outcome: undefined }) });
  return (
    <Card id="choose" title="Import again from history">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate({ path, body: previewOf({ ...search, ids }) });
        }}
      >
        <p className="muted">
          Every record that was read is kept. It can be taken through other rules without asking the site, and only what differs is written.
        </p>
        <div className="reimport-choices">
          <NativeSelect
            label="Version"
            value={search['version'] ?? String(scenario.version)}
            onChange={(event) => choose({ version: event.currentTarget.value === String(scenario.version) ? undefined : event.currentTarget.value, mapping: undefined, revision: undefined, resource: undefined })}
            data={[
              ...scenario.versions.map((line) => ({ value: String(line.version), label: `v${line.version}${line.version === scenario.version ? ' (live)' : ''}${line.note ? `: ${line.note}` : ''}` })).toReversed(),
              { value: DRAFT, label: 'The draft (to look at only)' },
            ]}
          />
          <MappingChoice rules={rules} onChoose={choose} />
          <NativeSelect
            label="Records"
            value={search['resource'] ?? ''}
            onChange={(event) => choose({ resource: event.currentTarget.value || undefined })}
            data={[{ value: '', label: 'All that the version reads' }, ...rules.resources.map((resource) => ({ value: resource, label: `Only ${words(resource).toLowerCase()}` }))]}
          />
          <TextInput label="Only these ids" description="As the site numbers them; all when empty" value={ids} maxLength={10_000} onChange={(event) => setIds(event.currentTarget.value)} />
        </div>
        {start.error ? <ErrorPanel error={start.error} unchanged /> : null}
        {version.error && wanted !== undefined ? <ErrorPanel error={version.error} onRetry={() => void version.refetch()} /> : null}
        <div>
          <Act does="POST /api/v1/scenarios/{id}/reimports" type="submit" loading={start.isPending} leftSection={<Icon name="eye" />}>
            Preview
          </Act>
        </div>
      </form>
    </Card>
  );
}

/** Another revision of one of the version's mappings. */
function MappingChoice({ rules, onChoose }: { rules: Rules; onChoose: (changed: Record<string, string | undefined>) => void }) {
  const [{ mapping, revision }] = useFilters();
  const names = useRead(['mapping', 'list'], 'GET /api/v1/mappings', { query: { limit: 200 } });
  const chosen = useRead(['mapping', mapping ?? '-'], 'GET /api/v1/mappings/{id}', { path: { id: mapping ?? '-' } }, { enabled: mapping !== undefined, placeholderData: undefined as never });
  const nameOf = (id: string) => names.data?.items.find((one) => one.id === id)?.name ?? id;
  const pinned = rules.mappings.find(({ id }) => id === mapping)?.revision;
  const revisions = chosen.data?.revisions.map((line) => line.revision).toSorted((a, b) => b - a) ?? [];
  const newest = chosen.data?.revision;
  return (
    <>
      <NativeSelect
        label="Mapping"
        value={mapping ?? ''}
        onChange={(event) => onChoose({ mapping: event.currentTarget.value || undefined, revision: undefined })}
        data={[{ value: '', label: 'As the version has it' }, ...rules.mappings.map(({ id }) => ({ value: id, label: `Another revision of ${nameOf(id)}` }))]}
      />
      {mapping ? (
        <NativeSelect
          label="Revision"
          description="Later runs use the version’s own: publish the scenario to keep another"
          value={revision ?? ''}
          onChange={(event) => onChoose({ revision: event.currentTarget.value || undefined })}
          data={[
            { value: '', label: newest === undefined ? 'The newest' : `The newest (${newest})` },
            ...revisions.map((one) => ({ value: String(one), label: `Revision ${one}${one === pinned ? ', as the version has it' : ''}` })),
          ]}
        />
      ) : null}
    </>
  );
}

function Previewed({ scenario, preview }: { scenario: Scenario; preview: string }) {
  const go = useGo();
  const { run } = useRun(preview);
  const [isAsking, setAsking] = useState(false);
  const apply = useWrite('POST /api/v1/scenarios/{id}/reimports', {
    topics: ['run', 'portal', 'record'],
    onDone: ({ run: made }) => {
      toast('The import has begun');
      go(`/runs/${made}`);
    },
  });
  const many = run && isOver(run) ? changes(run.counts) : undefined;
  return (
    <>
      <Card id="preview" title={run && many !== undefined ? `${number(many)} of ${count(settled(run.counts), 'record')} would change` : 'What would change'}>
        <div className="stack">
          <ChangeSet preview={preview} />
          {run && many !== undefined ? (
            <div className="row">
              {run.version === 0 ? (
                <p className="muted">This is the draft: publish it first to import with it.</p>
              ) : many === 0 ? (
                <p className="muted">Nothing differs: there is nothing to write.</p>
              ) : (
                <Act does="POST /api/v1/scenarios/{id}/reimports" leftSection={<Icon name="database-import" />} onClick={() => setAsking(true)}>
                  Import the differences
                </Act>
              )}
            </div>
          ) : null}
        </div>
      </Card>
      {run && many !== undefined ? (
        <section className="card" aria-label="Records of the preview">
          <RunItems run={run} current={undefined} />
        </section>
      ) : null}
      {run && many !== undefined ? (
        <ConfirmDialog
          does="POST /api/v1/scenarios/{id}/reimports"
          isOpen={isAsking}
          onClose={() => setAsking(false)}
          onConfirm={() => apply.mutate({ path: { id: scenario.id }, body: { mode: 'apply', preview, filter: { ids: [] } } })}
          title="Import the differences?"
          confirm={`Import ${count(many, 'difference')}`}
          danger={false}
          isBusy={apply.isPending}
          error={apply.error}
        >
          <p>It will {wouldDo(run.counts)} in Portal, exactly as the preview shows. Records that have changed since are left out.</p>
          <p>A large set of changes waits for approval first. What is written can be taken back: Undo on the run’s page.</p>
        </ConfirmDialog>
      ) : null}
    </>
  );
}
