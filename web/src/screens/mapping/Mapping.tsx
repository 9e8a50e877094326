import { usePathValues } from '../../app/go';
import { useRead } from '../../api/queries';
import { JsonTree } from '../../parts/JsonTree';
import { Page } from '../../parts/Page';
import { Loaded } from '../../parts/States';

/** One mapping's fields. */
export function MappingScreen() {
  const { id = '' } = usePathValues();
  const mapping = useRead(['mapping', id], 'GET /api/v1/mappings/{id}', { path: { id } });
  return (
    <Page title={mapping.data?.name ?? 'Mapping'}>
      <Loaded of={mapping}>
        {(shown) => <JsonTree value={shown.definition} name={shown.name} label="Definition" />}
      </Loaded>
    </Page>
  );
}
