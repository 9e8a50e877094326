import { Select } from '@mantine/core';
import { useState } from 'react';

import { useMayNotTry } from '../../api/may';
import { useRead } from '../../api/queries';
import type { Item, RecordPreview } from '../../api/schema';
import { Go } from '../../parts/Go';
import { Icon } from '../../parts/Icon';
import { JsonTree } from '../../parts/JsonTree';
import { ErrorPanel, Skeleton } from '../../parts/States';
import { StatusBadge } from '../../parts/StatusBadge';
import { sentence } from '../../parts/format';
import { useBuilder } from './context';
import type { Step } from './graph';
import { itemsAt } from './overlay';
import { isMapped, sourceOf, upstream } from './presets';
import { titleOfRecord, useSamples } from './useSamples';
import { mappingIdOf } from './words';

interface Props {
  step: Step;
  runItems: readonly Item[] | undefined;
  run: string | undefined;
}

/** What goes into a step and what comes out of it, for a real record. */
export function SampleTab({ step, runItems, run }: Props) {
  const { graph } = useBuilder();
  const at = runItems ? itemsAt(runItems, graph, step.id) : [];
  return (
    <div className="stack">
      {run !== undefined && at.length > 0 ? <RunRecords items={at} run={run} /> : null}
      {step.kind === 'trigger' ? (
        <p className="muted">A trigger says when the scenario runs. Records come with the first fetch after it.</p>
      ) : (
        <StepSample step={step} />
      )}
    </div>
  );
}

function StepSample({ step }: { step: Step }) {
  const { graph } = useBuilder();
  const [chosen, setChosen] = useState<string>();
  const source = sourceOf(graph, step.id);
  const map = upstream(graph, step.id, 'map');
  const mapping = isMapped(graph, step.id) || step.kind === 'map' ? mappingIdOf(map ?? step) : undefined;
  const definition = useRead(['mapping', mapping ?? ''], 'GET /api/v1/mappings/{id}', { path: { id: mapping ?? '-' } }, { enabled: mapping !== undefined });
  const mayNotTry = useMayNotTry();
  const samples = useSamples(source, mapping === undefined ? undefined : definition.data?.definition, mayNotTry === undefined && (mapping === undefined || definition.data !== undefined));
  if (mayNotTry) return <p className="muted">No real record is shown. {mayNotTry}</p>;
  if (!source) return <p className="muted">Choose a connection and what to read in the fetch before this step; then its records show here.</p>;
  if (samples.error) return <ErrorPanel error={samples.error} onRetry={() => void samples.refetch()} isRetrying={samples.isFetching} />;
  if (!samples.data) return <Skeleton rows={4} />;
  const { records } = samples.data;
  const record = records.find((one) => one.id === chosen) ?? records[0];
  if (!record) return <p className="muted">The connection has no such records yet.</p>;
  return (
    <>
      <Select
        label="Record"
        description={samples.data.from === 'site' ? 'Read from the site just now' : 'As it was read last'}
        data={records.map((one) => ({ value: one.id, label: titleOfRecord(one.id, one.record) }))}
        value={record.id}
        allowDeselect={false}
        onChange={(next) => setChosen(next ?? undefined)}
      />
      <InOut step={step} record={record} isMapped={mapping !== undefined} />
    </>
  );
}

function InOut({ step, record, isMapped: mapped }: { step: Step; record: RecordPreview; isMapped: boolean }) {
  const portal = { ...record.fields, ...Object.fromEntries(record.references.map((one) => [one.field, `${one.resource} ${one.external_id}`])) };
  const source = <Part title={step.kind === 'fetch' ? 'Output' : 'Input'} value={record.record} name={`record-${record.id}`} />;
  const fields = <Part title={step.kind === 'map' ? 'Output' : 'Input'} value={portal} name={`fields-${record.id}`} />;
  return (
    <>
      {record.rejects.map((problem) => (
        <div key={`${problem.field} ${problem.code}`} className="b-problem-box b-problem-box-error">
          <Icon name="alert-triangle" size={16} />
          <span>
            <strong>{problem.field}</strong>: {sentence(problem.message)} {sentence(problem.remedy)}
          </span>
        </div>
      ))}
      {step.kind === 'fetch' || step.kind === 'filter' || step.kind === 'map' ? source : null}
      {(step.kind === 'map' || step.kind === 'write') && mapped ? fields : null}
      {step.kind === 'filter' ? <p className="small muted">Which way a record takes shows a test run.</p> : null}
      {step.kind === 'write' && !mapped ? <p className="muted">Put a map before this step; then its fields show here.</p> : null}
      {step.kind === 'write' ? <p className="small muted">In a test run nothing is written.</p> : null}
    </>
  );
}

function Part({ title, value, name }: { title: string; value: unknown; name: string }) {
  return (
    <div className="stack-4">
      <h3>{title}</h3>
      <JsonTree value={value} name={name} label={title} />
    </div>
  );
}

const SHOWN = 12;

function RunRecords({ items, run }: { items: readonly Item[]; run: string }) {
  const sorted = [...items].sort((a, b) => Number(b.outcome === 'failed') - Number(a.outcome === 'failed'));
  return (
    <div className="stack-8">
      <h3>Records of the run at this step</h3>
      <ul className="b-records">
        {sorted.slice(0, SHOWN).map((item) => (
          <li key={item.id}>
            <div className="between">
              <Go to={`/runs/${run}/records/${item.id}`}>
                {item.resource} {item.record}
              </Go>
              <StatusBadge status={item.outcome} />
            </div>
            {item.notes.slice(0, 2).map((note) => (
              <p key={note.code + (note.field ?? '')} className={`small ${item.outcome === 'failed' ? 'err-text' : 'muted'}`}>
                {note.field ? `${note.field}: ` : ''}
                {sentence(note.message)}
              </p>
            ))}
          </li>
        ))}
      </ul>
      {items.length > SHOWN ? (
        <Go to={`/runs/${run}`}>All {items.length} records of the run</Go>
      ) : null}
    </div>
  );
}
