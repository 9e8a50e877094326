import { Page } from '../../parts/Page';

export function Connections() {
  return <Page title="Connections">{null}</Page>;
}
