import { Page } from '../../parts/Page';

export function ConnectionDetail() {
  return <Page title="ConnectionDetail">{null}</Page>;
}
