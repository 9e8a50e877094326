import { Page } from '../../parts/Page';

export function Mappings() {
  return <Page title="Mappings">{null}</Page>;
}
