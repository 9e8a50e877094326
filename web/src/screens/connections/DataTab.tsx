import { useRead } from '../../api/queries';
import type { Connection } from '../../api/schema';
import { DataTable } from '../../parts/DataTable';
import { Go } from '../../parts/Go';
import { Card } from '../../parts/Page';
import { EmptyState, Loaded } from '../../parts/States';
import { words } from '../../parts/format';
import { Fields } from './Fields';
import { type Resource, resourcesOf } from './resources';

interface Need { capability: string; without: string }

/** What can be read, what is missing for more, and the fields that came. */
export function DataTab({ connection }: { connection: Connection }) {
  const app = useRead(['app', connection.app], 'GET /api/v1/apps/{id}', { path: { id: connection.app } });
  const details = connection.details as { capabilities?: unknown } | null;
  const capabilities = Array.isArray(details?.capabilities) ? details.capabilities.map(String) : undefined;
  const resources = resourcesOf(connection.details);
  return (
    <div className="stack">
      <Card title="Kinds of records" flush>
        <Loaded of={app} rows={6}>
          {(shown) => {
            const known = new Map(shown.resources.map((entry) => [String(entry['id']), entry]));
            const limits = (resource: Resource): string[] => {
              const needs = known.get(resource.id)?.['needs'];
              const list: Need[] = Array.isArray(needs) ? (needs as Need[]) : [];
              return list.filter(({ capability }) => capabilities && !capabilities.includes(capability)).map(({ without }) => without);
            };
            if (resources.length === 0) {
              return <EmptyState icon="database">What the site offers is shown here after its first test.</EmptyState>;
            }
            return (
              <DataTable<Resource>
                caption="Kinds of records"
                rows={resources}
                rowKey={({ id }) => id}
                columns={[
                  {
                    key: 'label',
                    header: 'Kind',
                    cell: (row) => (
                      <>
                        <Go to={`/records?source=${connection.id}&resource=${row.id}`}>{row.label}</Go>
                        <div className="mono muted">{row.route}</div>
                      </>
                    ),
                  },
                  { key: 'kind', header: 'Type', wide: true, cell: (row) => words(row.kind) },
                  { key: 'fields', header: 'Fields known', wide: true, align: 'right', cell: (row) => fieldsOf(known.get(row.id)) },
                  { key: 'statuses', header: 'Statuses', wide: true, cell: (row) => row.statuses.join(', ') || '–' },
                  {
                    key: 'limits',
                    header: 'With this account',
                    cell: (row) => {
                      const missing = limits(row);
                      if (missing.length > 0) return <span className="warn-text">{missing.join('; ')}</span>;
                      return capabilities ? 'everything' : <span className="muted">test to know</span>;
                    },
                  },
                ]}
              />
            );
          }}
        </Loaded>
      </Card>
      <Fields connection={connection.id} resources={resources} />
    </div>
  );
}

function fieldsOf(resource: Record<string, unknown> | undefined): string {
  const fields = resource?.['fields'];
  return Array.isArray(fields) ? String(fields.length) : '–';
}
