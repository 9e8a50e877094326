import { Page } from '../../parts/Page';

export function RecordDetail() {
  return <Page title="RecordDetail">{null}</Page>;
}
