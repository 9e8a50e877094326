import { Checkbox } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { call } from '../../api/client';
import { type ApiError, asApiError } from '../../api/problem';
import { useRead } from '../../api/queries';
import type { Counted } from '../../api/schema';
import { Act } from '../../parts/Act';
import { ErrorPanel, Loaded } from '../../parts/States';
import { number, sentence } from '../../parts/format';
import { resourcesOf } from './resources';

interface Props {
  id: string;
  /** With the first scenario that was made. */
  onDone: (scenario: string | undefined) => void;
}

/** How many records of a kind the site says it has; nothing while that is not known. */
function howMany(counted: Counted | undefined, kind: string): string {
  const found = counted?.items.find(({ id }) => id === kind);
  if (!found) return '';
  if (found.problem) return ` (not counted: ${found.problem.message})`;
  return typeof found.total === 'number' ? ` (${number(found.total)})` : '';
}

/** The site's kinds of records, and the scenarios that import them. */
export function ChooseImport({ id, onDone }: Props) {
  const client = useQueryClient();
  const connection = useRead(['connection', id], 'GET /api/v1/connections/{id}', { path: { id } });
  const templates = useRead(['template', 'list'], 'GET /api/v1/templates');
  // The site is asked, and nothing is recorded: it is a read, though not of what we know.
  const counted = useQuery({
    queryKey: ['connection', id, 'counted'],
    queryFn: () => call('POST /api/v1/connections/{id}/resources/count', { path: { id } }),
    networkMode: 'always',
    retry: false,
    staleTime: 60_000,
  });
  const [without, setWithout] = useState<ReadonlySet<string>>(new Set());
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();

  const finish = async (chosen: Array<{ id: string; name: string }>, site: string) => {
    setBusy(true);
    setError(undefined);
    try {
      let first: string | undefined;
      for (const template of chosen) {
        const name = `${template.name} from ${site}`.slice(0, 120);
        const made = await call('POST /api/v1/scenarios', { body: { template: template.id, connection: id, name } });
        first ??= made.id;
      }
      await client.invalidateQueries({ queryKey: ['scenario'] });
      onDone(first);
    } catch (failure) {
      setError(asApiError(failure));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Loaded of={connection} rows={3}>
      {(shown) => {
        const resources = resourcesOf(shown.details);
        const fitting = (templates.data?.items ?? []).filter(
          ({ app, resources: needed }) =>
            app === shown.app && needed.every((one) => resources.length === 0 || resources.some((has) => has.id === one)),
        );
        const chosen = fitting.filter((template) => !without.has(template.id));
        return (
          <div className="stack">
            <p className="muted" role="status">
              {shown.name} can give: {resources.map(({ id: kind, label }) => label + howMany(counted.data, kind)).join(', ') || 'what its test will show'}.
            </p>
            {counted.error ? <p className="small warn-text">How many there are could not be asked: {sentence(asApiError(counted.error).detail)}</p> : null}
            <fieldset className="stack-8 plain-fieldset">
              <legend className="strong">Create the standard scenarios</legend>
              {fitting.map((template) => (
                <Checkbox
                  key={template.id}
                  label={template.name}
                  description={template.summary}
                  checked={!without.has(template.id)}
                  onChange={(event) => {
                    const next = new Set(without);
                    if (event.currentTarget.checked) next.delete(template.id);
                    else next.add(template.id);
                    setWithout(next);
                  }}
                />
              ))}
            </fieldset>
            {error ? <ErrorPanel error={error} /> : null}
            {templates.error ? <ErrorPanel error={templates.error} onRetry={() => void templates.refetch()} /> : null}
            <div>
              <Act does="POST /api/v1/scenarios" loading={isBusy} onClick={() => void finish(chosen, shown.name)} disabled={templates.isPending}>
                {chosen.length > 0 ? 'Finish and open the first' : 'Finish'}
              </Act>
            </div>
          </div>
        );
      }}
    </Loaded>
  );
}
