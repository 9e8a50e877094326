import { expect, it } from 'vitest';

import { aboutFailures } from './failing';

it('says of open failures what they are, and what of them waits for a person', () => {
  expect(aboutFailures(0, 0)).toBe('no record fails');
  expect(aboutFailures(1, 0)).toBe('reason why records fail');
  expect(aboutFailures(2, 0)).toBe('reasons why records fail');
  expect(aboutFailures(2, 1)).toBe('1 record waits for a decision');
  expect(aboutFailures(2, 1_200)).toBe('1,200 records wait for a decision');
});
