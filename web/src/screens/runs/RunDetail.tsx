import { Page } from '../../parts/Page';

export function RunDetail() {
  return <Page title="RunDetail">{null}</Page>;
}
