import { usePathValues } from '../../app/go';
import { useRead } from '../../api/queries';
import { JsonTree } from '../../parts/JsonTree';
import { Page } from '../../parts/Page';
import { Loaded } from '../../parts/States';

/** One scenario's graph. */
export function Builder() {
  const { id = '' } = usePathValues();
  const scenario = useRead(['scenario', id], 'GET /api/v1/scenarios/{id}', { path: { id } });
  return (
    <Page title={scenario.data?.name ?? 'Scenario'}>
      <Loaded of={scenario}>
        {(shown) => <JsonTree value={shown.draft_graph} name={shown.name} label="Graph" />}
      </Loaded>
    </Page>
  );
}
