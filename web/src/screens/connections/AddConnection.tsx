import { Page } from '../../parts/Page';

export function AddConnection() {
  return <Page title="AddConnection">{null}</Page>;
}
