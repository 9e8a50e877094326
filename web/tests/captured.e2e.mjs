// A test run with the record that a message of the site named. In a real browser against the real server with its sample
// site.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';

import { api, browser, page, server, startConsole, until, violations } from './support/console.mjs';

let site;
let scenario;
let secret;
let post;

/** What the plugin of the site would send: one post was changed. */
async function tell(origin, number) {
  const changes = [{ type: 'updated', resource: 'posts', id: Number(post) }];
  const body = JSON.stringify({ type: 'wp.changes', timestamp: new Date().toISOString(), data: { site: origin, epoch: 'e1', first: number, last: number, changes } });
  const [id, at] = [`msg_e1_${number}_${number}`, Math.floor(Date.now() / 1_000)];
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
  const headers = { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` };
  const answer = await fetch(`${server.address}/hooks/${site.id}`, { method: 'POST', headers, body });
  assert.ok(answer.ok, `${answer.status} ${await answer.text()}`);
}

async function openDialog() {
  await page.goto(`${server.ui}/ui/scenarios/${scenario.id}/builder`);
  const button = page.getByRole('button', { name: 'Test run' });
  await button.waitFor();
  await until(async () => !(await button.isDisabled()), 'Test run to be enabled');
  await button.click();
  return page.getByRole('dialog', { name: 'Test run' });
}

startConsole({
  prepare: async () => {
    site = (await api(server, 'GET', '/connections')).items.find(({ app }) => app === 'wordpress');
    scenario = (await api(server, 'GET', '/scenarios')).items.find(({ name }) => /posts/i.test(name));
    const [imported] = (await api(server, 'GET', `/runs?scenario=${scenario.id}`)).items.filter(({ counts }) => counts.created > 0);
    post = (await api(server, 'GET', `/runs/${imported.id}/items?outcome=created&limit=1`)).items[0].record;
    ({ secret } = await api(server, 'POST', `/connections/${site.id}/webhooks`, { mode: { kind: 'standard-webhooks' } }));
  },
});

describe('a test run with a captured webhook', () => {
  it('is not offered before a message came, and says so', async () => {
    const dialog = await openDialog();
    await dialog.getByText('None yet: no message has named a record that this scenario reads').waitFor();
    assert.equal(await dialog.getByLabel('A captured webhook').isDisabled(), true);
  });

  it('takes only the record that the message named, from what was read, and writes nothing', async () => {
    await tell(site.origin, 1);
    await until(async () => (await api(server, 'GET', `/connections/${site.id}/webhooks/deliveries`)).items[0]?.read?.records.length === 1, 'the message to be read');
    const dialog = await openDialog();
    await dialog.getByLabel('A captured webhook').check();
    await dialog.getByLabel('Message').selectOption('0');
    assert.match(await dialog.getByLabel('Message').innerText(), new RegExp(`^posts ${post}, `));
    assert.equal(await dialog.getByLabel('Write to Portal').isDisabled(), true);
    assert.deepEqual(await violations(page), []);
    await dialog.getByRole('button', { name: 'Test run' }).click();
    await page.getByText(/^Test run ended/).waitFor({ timeout: 30_000 });
    const id = new URL(page.url()).searchParams.get('run');
    const run = await api(server, 'GET', `/runs/${id}`);
    assert.deepEqual([run.kind, run.mode, run.counts.read], ['reimport', 'dry-run', 1]);
    assert.equal((await api(server, 'GET', `/runs/${id}/items`)).items[0].record, post);
    assert.deepEqual(browser.problems, []);
  });
});
