import { Select } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { call } from '../../api/client';
import { useWhyNot } from '../../api/may';
import { type ApiError, asApiError } from '../../api/problem';
import { useRead } from '../../api/queries';
import type { Scenario, ScenarioTemplate } from '../../api/schema';
import { Act } from '../../parts/Act';
import { Go } from '../../parts/Go';
import { ErrorPanel, Loaded } from '../../parts/States';
import { useGo } from '../../app/go';
import { KindTile } from './KindTile';
import { useBuilder } from './context';
import { readGraph } from './graph';

interface Props {
  scenario: Scenario;
}

/** An empty scenario: begin with a trigger, or with a template that is complete. */
export function StartEmpty({ scenario }: Props) {
  const { add, installed } = useBuilder();
  const why = useWhyNot('POST /api/v1/scenarios');
  const templates = useRead(['template', 'list'], 'GET /api/v1/templates', {}, { staleTime: 5 * 60_000 });
  const sources = installed.connections.filter((one) => installed.roleOf(one).source);
  const [connection, setConnection] = useState<string | null>(null);
  const chosen = connection ?? sources[0]?.id;
  return (
    <div className="b-empty">
      <KindTile kind="trigger" size={52} />
      <h2>Start with a trigger</h2>
      <p className="muted">A scenario reads records from a connection, makes Portal fields out of them and writes them to Portal.</p>
      <Act does="PUT /api/v1/scenarios/{id}/draft" size="md" onClick={() => add('trigger')}>
        Start with a trigger
      </Act>
      <div className="b-templates">
        <div className="between">
          <h3>Or take one that is complete</h3>
          {sources.length > 1 ? (
            <Select size="xs" aria-label="Connection that the template reads from" data={sources.map((one) => ({ value: one.id, label: one.name }))} value={chosen ?? null} allowDeselect={false} onChange={setConnection} />
          ) : null}
        </div>
        {sources.length === 0 && installed.known.connections ? (
          <p className="muted small">
            Templates read from a site. <Go to="/connections/new?app=wordpress">Add a connection</Go>
          </p>
        ) : null}
        {why === undefined ? null : <p className="small">{why}</p>}
        <Loaded of={templates}>
          {(list) => (
            <ul className="b-template-list">
              {list.items.slice(0, 3).map((template) => (
                <TemplateCard key={template.id} template={template} connection={chosen} scenario={scenario} isRefused={why !== undefined} />
              ))}
            </ul>
          )}
        </Loaded>
      </div>
    </div>
  );
}

function TemplateCard({ template, connection, scenario, isRefused }: { template: ScenarioTemplate; connection: string | undefined; scenario: Scenario; isRefused: boolean }) {
  const go = useGo();
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const kinds = readGraph(template.graph).nodes;
  const use = async () => {
    setBusy(true);
    setError(undefined);
    try {
      // The server makes the template's mappings along with it, all or nothing: hence a scenario of its own, which takes
      // the place of the one that is still empty.
      const made = await call('POST /api/v1/scenarios', { body: { template: template.id, connection: connection ?? null, name: scenario.name } });
      if (scenario.version === 0) await call('DELETE /api/v1/scenarios/{id}', { path: { id: scenario.id } }).catch(() => undefined);
      void client.invalidateQueries({ queryKey: ['scenario', 'list'] });
      go(`/scenarios/${made.id}/builder`, { replace: true });
    } catch (failed) {
      setError(asApiError(failed));
      setBusy(false);
    }
  };
  return (
    <li>
      <button type="button" className="b-template" disabled={isRefused || connection === undefined || isBusy} onClick={() => void use()}>
        <span className="b-template-name">{template.name}</span>
        <span className="small muted">{template.summary}</span>
        <span className="b-template-kinds" aria-label={`${kinds.length} steps`}>
          {kinds.slice(0, 4).map((step) => (
            <KindTile key={step.id} kind={step.kind} size={22} />
          ))}
          <span className="small muted">{kinds.length} steps</span>
        </span>
      </button>
      {error ? <ErrorPanel error={error} unchanged /> : null}
    </li>
  );
}
