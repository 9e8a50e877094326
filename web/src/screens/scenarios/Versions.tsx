import './scenarios.css';

import { Button } from '@mantine/core';
import { useState } from 'react';

import { useRead, useWrite } from '../../api/queries';
import type { VersionLine } from '../../api/schema';
import { useFilters, useGo, usePathValues } from '../../app/go';
import { Act } from '../../parts/Act';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { DataTable } from '../../parts/DataTable';
import { Go } from '../../parts/Go';
import { JsonTree } from '../../parts/JsonTree';
import { Card, Page } from '../../parts/Page';
import { EmptyState, Loaded } from '../../parts/States';
import { Tag } from '../../parts/StatusBadge';
import { TimeAgo } from '../../parts/TimeAgo';
import { Who } from '../audit/Who';
import { ScenarioTabs } from './ScenarioTabs';

/** What was live when, and the way back to it. */
export function Versions() {
  const { id = '' } = usePathValues();
  const [search, change] = useFilters();
  const go = useGo();
  const [restoring, setRestoring] = useState<number>();
  const scenario = useRead(['scenario', id], 'GET /api/v1/scenarios/{id}', { path: { id } });
  const open = Number(search['version'] ?? 0);
  const version = useRead(
    ['scenario', id],
    'GET /api/v1/scenarios/{id}/versions/{version}',
    { path: { id, version: restoring ?? open } },
    { enabled: (restoring ?? open) > 0 },
  );
  const save = useWrite('PUT /api/v1/scenarios/{id}/draft', {
    topics: ['scenario'],
    onDone: () => go(`/scenarios/${id}/builder`),
  });
  return (
    <Page title={scenario.data?.name ?? 'Scenario'} back={<Go to="/scenarios" className="small">Scenarios</Go>} aside={<ScenarioTabs id={id} at="versions" />}>
      <div className="stack">
        <Card title="Versions" flush>
          <Loaded of={scenario} rows={4}>
            {(shown) =>
              shown.versions.length === 0 ? (
                <EmptyState icon="versions">Publishing makes the first version. Until then this is a draft.</EmptyState>
              ) : (
                <DataTable<VersionLine>
                  caption="Versions"
                  rows={shown.versions.toSorted((a, b) => b.version - a.version)}
                  rowKey={({ version: number }) => String(number)}
                  current={search['version']}
                  columns={[
                    {
                      key: 'version',
                      header: 'Version',
                      cell: (row) => (
                        <span className="row">
                          <Go to={`/scenarios/${id}/versions?version=${row.version}`}>{`v${row.version}`}</Go>
                          {row.version === shown.version ? <Tag tone="ok">live</Tag> : null}
                        </span>
                      ),
                    },
                    { key: 'note', header: 'Note', cell: (row) => row.note || <span className="muted">–</span> },
                    { key: 'by', header: 'By', wide: true, cell: (row) => <Who actor={row.actor} /> },
                    { key: 'at', header: 'Published', cell: (row) => <TimeAgo at={row.at} /> },
                    {
                      key: 'restore',
                      header: '',
                      label: 'Restore',
                      align: 'right',
                      cell: (row) => (
                        <Act does="PUT /api/v1/scenarios/{id}/draft" size="xs" variant="default" onClick={() => setRestoring(row.version)} aria-label={`Restore as draft: version ${row.version}`}>
                          Restore as draft
                        </Act>
                      ),
                    },
                  ]}
                />
              )
            }
          </Loaded>
        </Card>
        {open > 0 ? (
          <Card title={`The graph of version ${open}`} aside={<Button size="xs" variant="default" onClick={() => change({ version: undefined })}>Close</Button>}>
            <Loaded of={version} rows={4}>
              {(shown) => <JsonTree value={shown.graph} name={`${id}-v${open}`} label={`Graph of version ${open}`} />}
            </Loaded>
          </Card>
        ) : null}
      </div>
      <ConfirmDialog
        does="PUT /api/v1/scenarios/{id}/draft"
        isOpen={restoring !== undefined}
        onClose={() => setRestoring(undefined)}
        onConfirm={() => {
          if (scenario.data && version.data && version.data.version === restoring) {
            save.mutate({ path: { id }, body: { expected: scenario.data.draft, graph: version.data.graph } });
          }
        }}
        title={`Restore version ${restoring ?? ''} as draft?`}
        confirm="Restore as draft"
        danger={false}
        isBusy={save.isPending || (restoring !== undefined && version.data?.version !== restoring)}
        error={save.error ?? (restoring === undefined ? undefined : version.error)}
      >
        <p>It replaces the draft. What is live stays live until you publish.</p>
      </ConfirmDialog>
    </Page>
  );
}
