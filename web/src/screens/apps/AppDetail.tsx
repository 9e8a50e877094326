import { Page } from '../../parts/Page';

export function AppDetail() {
  return <Page title="AppDetail">{null}</Page>;
}
