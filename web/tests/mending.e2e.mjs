// From a failure to where it is put right, in a real browser against the real server with its sample site. How to name
// the server: see support/server.mjs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { api, browser, go, overflow, page, server, startConsole, until, violations } from './support/console.mjs';

startConsole();

describe('a failure', () => {
  it('shows how often it happened, day by day', async () => {
    const [failure] = (await api(server, 'GET', '/failures')).items;
    const times = failure.days.reduce((sum, { count }) => sum + count, 0);
    assert.equal(times, failure.total);
    await go('/failures');
    await page.getByRole('img', { name: new RegExp(`^${times} times? in the last 14 days, \\d+ today$`) }).waitFor();
  });

  it('leads to the mapping at its field, with the record that failed as the sample', async () => {
    const [failure] = (await api(server, 'GET', '/failures')).items;
    const item = await api(server, 'GET', `/runs/${failure.example.run}/items/${failure.example.item}`);
    await go('/failures');
    await page.getByRole('button', { name: 'Fix mapping' }).click();
    await page.waitForURL(/\/ui\/mappings\/mp_/);
    const { searchParams } = new URL(page.url());
    assert.deepEqual([searchParams.get('field'), searchParams.get('sample'), searchParams.get('connection')], [failure.field, item.record, item.connection]);
    const row = page.locator(`#field-${failure.field}`);
    await row.waitFor();
    // The field has the focus, and its row shows what is wrong with this very record.
    await page.waitForFunction((id) => document.getElementById(id)?.contains(document.activeElement), `field-${failure.field}`);
    const raw = item.notes.find(({ field }) => field === failure.field)?.raw;
    assert.ok(raw);
    await page.getByText('1 field would fail').first().waitFor();
  });

  it('retries all of its records, and only them', async () => {
    const [failure] = (await api(server, 'GET', '/failures')).items;
    await go('/failures');
    await page.getByRole('button', { name: `Retry ${failure.count}`, exact: true }).click();
    await page.waitForURL(/\/ui\/runs\/rn_/);
    const id = page.url().split('/').at(-1).split('?')[0];
    const run = await until(async () => {
      const now = await api(server, 'GET', `/runs/${id}`).catch(() => undefined);
      return now?.ended_at ? now : undefined;
    }, 'the end of the retry');
    assert.deepEqual([run.kind, run.counts.failed], ['retry', failure.count]);
  });

  it('of the credentials leads to the authorisation of the connection', async () => {
    const connection = (await api(server, 'GET', '/connections')).items.find(({ app }) => app === 'wordpress');
    const auth = { method: 'app-password', account: connection.account, secret: 'aaaa bbbb cccc dddd eeee ffff' };
    await api(server, 'POST', `/connections/${connection.id}/credentials`, { auth, even_if_failing: true });
    const scenario = (await api(server, 'GET', '/scenarios')).items.find(({ name }) => /users/i.test(name));
    await api(server, 'POST', `/scenarios/${scenario.id}/runs`, {});
    await until(async () => (await api(server, 'GET', '/failures')).items.some(({ fetch }) => fetch), 'the failure of the fetch', 30_000);
    await go('/failures');
    const button = page.getByRole('button', { name: 'Re-authorise' }).first();
    await button.waitFor();
    await button.click();
    await page.waitForURL(new RegExp(`/ui/connections/${connection.id}/access$`));
    await page.getByRole('button', { name: /^Authorise on/ }).waitFor();
  });

  for (const [theme, width] of [['light', 1440], ['dark', 320]]) {
    it(`has nothing that axe finds, ${theme} at ${width} px`, async () => {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 900 });
      await go('/failures');
      await page.getByRole('button', { name: 'Fix mapping' }).waitFor();
      assert.deepEqual(await violations(page), []);
      assert.equal(await overflow(page), 0);
    });
  }

  it('had no error and asked nothing of another host', () => {
    assert.deepEqual(browser.problems, []);
  });
});
