import { Page } from '../../parts/Page';

export function Runs() {
  return <Page title="Runs">{null}</Page>;
}
