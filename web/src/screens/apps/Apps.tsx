import { Page } from '../../parts/Page';

export function Apps() {
  return <Page title="Apps">{null}</Page>;
}
