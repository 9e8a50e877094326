import { Page } from '../../parts/Page';

export function ScenarioRuns() {
  return <Page title="ScenarioRuns">{null}</Page>;
}
