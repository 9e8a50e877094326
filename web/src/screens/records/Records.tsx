import { Page } from '../../parts/Page';

export function Records() {
  return <Page title="Records">{null}</Page>;
}
