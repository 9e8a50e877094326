import { Page } from '../../parts/Page';

export function Scenarios() {
  return <Page title="Scenarios">{null}</Page>;
}
