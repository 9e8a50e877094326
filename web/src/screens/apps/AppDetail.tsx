import './apps.css';

import { useRead } from '../../api/queries';
import { usePathValues } from '../../app/go';
import { GoAct } from '../../parts/Act';
import { DataTable } from '../../parts/DataTable';
import { Go } from '../../parts/Go';
import { Card, Page } from '../../parts/Page';
import { Loaded } from '../../parts/States';
import { words } from '../../parts/format';

interface Need { capability: string; without: string }
interface Resource { id: string; name: string; kind: string; summary: string; fields: unknown[]; needs: Need[] }
interface Way { id: string; name: string; summary: string }

/** One app: what it reads or writes, which rights it wants, and its limits. */
export function AppDetail() {
  const { app: id = '' } = usePathValues();
  const app = useRead(['app', id], 'GET /api/v1/apps/{id}', { path: { id } });
  const shown = app.data;
  return (
    <Page
      title={shown?.name ?? 'App'}
      back={<Go to="/apps" className="small">Apps</Go>}
      actions={shown?.roles.includes('source') ? <GoAct does="POST /api/v1/connections" to={`/connections/new?app=${id}`}>Add connection</GoAct> : null}
    >
      <Loaded of={app} rows={8}>
        {(loaded) => {
          const resources = loaded.resources as unknown as Resource[];
          const ways = loaded.auth as unknown as Way[];
          return (
            <div className="stack">
              <p>{loaded.summary}</p>
              <Card title="Kinds of records" flush>
                <DataTable<Resource>
                  caption="Kinds of records"
                  rows={resources}
                  rowKey={({ id: key }) => key}
                  columns={[
                    {
                      key: 'name',
                      header: 'Kind',
                      cell: (row) => (
                        <>
                          <span className="strong">{row.name}</span>
                          <div className="small muted">{row.summary}</div>
                        </>
                      ),
                    },
                    { key: 'fields', header: 'Fields', align: 'right', cell: (row) => row.fields.length },
                    {
                      key: 'needs',
                      header: 'Rights wanted',
                      cell: (row) =>
                        row.needs.length === 0 ? (
                          <span className="muted">none</span>
                        ) : (
                          row.needs.map((need) => (
                            <div key={need.capability}>
                              <code>{need.capability}</code> <span className="small muted">without it: {need.without}</span>
                            </div>
                          ))
                        ),
                    },
                  ]}
                />
              </Card>
              <Card title="Ways to authorise">
                <dl className="facts">
                  {ways.map((way) => (
                    <div key={way.id} className="facts-row">
                      <dt>{way.name}</dt>
                      <dd>{way.summary}</dd>
                    </div>
                  ))}
                </dl>
              </Card>
              {Object.keys(loaded.limits).length > 0 ? (
                <Card title="Limits">
                  <dl className="facts">
                    {Object.entries(loaded.limits).map(([name, value]) => (
                      <div key={name} className="facts-row">
                        <dt>{name === 'concurrency' ? 'Requests at a time' : name === 'page_max' ? 'Records of a page' : words(name)}</dt>
                        <dd>{String(value)}</dd>
                      </div>
                    ))}
                  </dl>
                </Card>
              ) : null}
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}
