import { Select } from '@mantine/core';

import { useRead } from '../../api/queries';
import type { FieldSeen, MappingTouched, SchemaChange } from '../../api/schema';
import { useFilters } from '../../app/go';
import { DataTable } from '../../parts/DataTable';
import { Go } from '../../parts/Go';
import { Card } from '../../parts/Page';
import { EmptyState, Loaded } from '../../parts/States';
import { count } from '../../parts/format';
import { byWeight, changeWords } from './fieldChanges';
import type { Resource } from './resources';

/** The fields that records of a kind have, and which of them are not as they were. */
export function Fields({ connection, resources }: { connection: string; resources: readonly Resource[] }) {
  const [search, change] = useFilters();
  const shown = resources.find(({ id }) => id === search['resource']) ?? resources[0];
  const resource = shown?.id ?? '';
  const fields = useRead(['connection', connection, 'fields'], 'GET /api/v1/connections/{id}/fields', { path: { id: connection }, query: { resource } }, { enabled: shown !== undefined });
  if (!shown) return null;
  return (
    <Card
      id="fields"
      title="Fields in the newest records"
      flush
      aside={
        <Select
          size="xs"
          aria-label="Kind of records"
          allowDeselect={false}
          data={resources.map(({ id, label }) => ({ value: id, label }))}
          value={shown.id}
          onChange={(value) => change({ resource: value ?? undefined })}
        />
      }
    >
      <Loaded of={fields} rows={6}>
        {({ records, fields: seen, changes }) =>
          records === 0 ? (
            <EmptyState icon="database">No {shown.label.toLowerCase()} were read yet. Their fields are shown here after the first import or test run.</EmptyState>
          ) : (
            <>
              {changes.length > 0 ? <Changes changes={changes} /> : null}
              <DataTable<FieldSeen>
                caption={`Fields of ${shown.label}`}
                rows={seen}
                rowKey={({ path }) => path}
                columns={[
                  { key: 'path', header: 'Field', cell: ({ path }) => <span className="mono">{path}</span> },
                  { key: 'types', header: 'Type', cell: ({ types }) => types.join(', ') },
                  { key: 'seen', header: 'In records', wide: true, align: 'right', cell: (field) => `${field.seen} of ${records}` },
                  { key: 'mappings', header: 'Read by', cell: ({ path, mappings }) => <Mappings of={mappings} field={path} /> },
                ]}
              />
            </>
          )
        }
      </Loaded>
    </Card>
  );
}

/** What is different since the revision before, with the mappings to look at. */
function Changes({ changes }: { changes: readonly SchemaChange[] }) {
  return (
    <div className="card-body">
      <div className="note note-warn stack-4">
        <p className="strong">{count(changes.length, 'field')} changed on the site</p>
        <ul className="stack-4">
          {byWeight(changes).map((one) => (
            <li key={`${one.kind} ${one.path}`} className="small">
              <span className="mono">{one.path}</span> {changeWords(one)}
              {one.mappings.length > 0 ? (
                <>
                  . Review <Mappings of={one.mappings} field={one.path} />
                </>
              ) : null}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function Mappings({ of, field }: { of: readonly MappingTouched[]; field: string }) {
  if (of.length === 0) return <span className="muted">–</span>;
  return of.map(({ id, name }, at) => (
    <span key={id}>
      {at > 0 ? ', ' : ''}
      <Go to={`/mappings/${id}?field=${encodeURIComponent(field)}`}>{name}</Go>
    </span>
  ));
}
