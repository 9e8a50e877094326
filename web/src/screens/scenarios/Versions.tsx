import { Page } from '../../parts/Page';

export function Versions() {
  return <Page title="Versions">{null}</Page>;
}
