import { Page } from '../../parts/Page';

export function Failures() {
  return <Page title="Failures">{null}</Page>;
}
