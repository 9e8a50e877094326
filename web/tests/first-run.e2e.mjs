// The first-run checklist: its steps are ticked off as they are done, in a real browser against the real server, with the
// sample site of another server in the part of WordPress. How to name the server: see support/server.mjs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { afterwards, api, end, go, page, server, startConsole, startDemo, startEmpty, violations } from './support/console.mjs';

let sample;

const list = () => page.locator('[aria-labelledby="first-run"], #first-run');
const done = async () => {
  await list().getByRole('listitem').nth(2).waitFor();
  return list().locator('li[data-done]').count();
};
const doneAre = (wanted) => page.waitForFunction((count) => document.querySelectorAll('.checklist li[data-done]').length === count, wanted);

startConsole({
  start: startEmpty,
  prepare: async () => {
    sample = await startDemo();
    afterwards(() => end(sample));
  },
});

describe('the first-run checklist', () => {
  it('1: begins with three steps, none of them done', async () => {
    await go('/');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    assert.equal(await done(), 0);
    assert.equal(await list().getByRole('listitem').count(), 3);
    assert.deepEqual(await violations(page), []);
  });

  it('1: ticks each off while one looks on, and stays until one leaves', async () => {
    const site = (await api(sample, 'GET', '/connections')).items.find(({ app }) => app === 'wordpress');
    const { id } = await api(server, 'POST', '/connections', {
      app: 'wordpress', address: site.address, auth: { method: 'app-password', account: site.account, secret: 'abcd EFGH 1234 ijkl MNOP 5678' },
    });
    await api(server, 'POST', `/connections/${id}/test`, {});
    await doneAre(1);
    const scenario = (await api(server, 'POST', '/scenarios', { template: 'import-users', connection: id })).id;
    await api(server, 'POST', `/scenarios/${scenario}/publish`, {});
    await doneAre(2);
    await api(server, 'POST', `/scenarios/${scenario}/runs`, {});
    await doneAre(3);
    await page.getByText('Your site is in Portal').waitFor();
    assert.deepEqual(await violations(page), []);
    await go('/');
    await page.getByText('Records imported').first().waitFor();
    assert.equal(await list().count(), 0);
  });
});
