// Messages from a site: their address, secrets, receipts, and what is kept in step.
// How to name the server: see support/server.mjs.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';

import { api, browser, page, server, startConsole, until, violations } from './support/console.mjs';

let site;
const secrets = [];

const tab = () => page.goto(`${server.ui}/ui/connections/${site}/webhooks`);

/** The secret of the dialog, which is closed. */
async function takeSecret() {
  const dialog = page.getByRole('dialog', { name: 'Copy this now' });
  await dialog.getByText('Pairing code', { exact: true }).waitFor();
  const texts = await dialog.locator('code').allTextContents();
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole('button', { name: 'I have it' }).click();
  await dialog.waitFor({ state: 'detached' });
  const secret = texts.find((text) => text.startsWith('whsec_'));
  const pairing = JSON.parse(Buffer.from(texts.find((text) => text.startsWith('portal-pair:')).slice(12), 'base64url'));
  assert.equal(pairing.secret, secret);
  assert.equal(pairing.connection, site);
  secrets.push(secret);
}

startConsole({
  prepare: async () => {
    const { items } = await api(server, 'GET', '/connections');
    site = items.find(({ app }) => app === 'wordpress').id;
  },
});

describe('messages from a site', () => {
  it('makes the address, and shows its secret once', async () => {
    await tab();
    await page.getByRole('button', { name: 'Make the address' }).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Make the address' }).click();
    await takeSecret();
    await page.getByText('Waits for its first message').waitFor();
    const { url } = await api(server, 'GET', `/connections/${site}/webhooks`);
    await page.getByText(url, { exact: true }).waitFor();
    assert.ok(!(await page.content()).includes(secrets[0]));
  });

  it('sends a test through the real door, and leads to its receipt', async () => {
    await tab();
    await page.getByRole('button', { name: 'Send test' }).click();
    await page.getByText('The test was let in; it stands below.').waitFor();
    const list = page.getByRole('table', { name: 'Last messages' });
    await list.getByText('Signature fits').waitFor();
    assert.deepEqual(await violations(page), []);
    await list.getByRole('button', { name: /^rc_/ }).click();
    const receipt = page.getByRole('dialog', { name: 'What became of the message' });
    await receipt.getByText(/Signature fits, secret 1/).waitFor();
    const { items } = await api(server, 'GET', `/connections/${site}/webhooks/deliveries`);
    await receipt.getByText(items[0].receipt, { exact: true }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('receipt'), items[0].receipt);
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Escape');
    await receipt.waitFor({ state: 'detached' });
  });

  it('makes another secret beside the old one, and revokes the old one', async () => {
    await tab();
    await page.getByRole('button', { name: 'New secret' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'New secret' }).click();
    await takeSecret();
    assert.notEqual(secrets[0], secrets[1]);
    await page.getByText('accepted for a while').waitFor();
    await page.getByRole('button', { name: 'Revoke secret 1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('accepted for a while').waitFor({ state: 'detached' });
    const { secrets: kept } = await api(server, 'GET', `/connections/${site}/webhooks`);
    assert.deepEqual(kept.filter(({ is_accepted: accepted }) => accepted).map(({ number }) => number), [2]);
  });

  it('keeps aside what is not let in, and lets in what was only late', async () => {
    const { url } = await api(server, 'GET', `/connections/${site}/webhooks`);
    const body = JSON.stringify({ type: 'post.updated', data: { resource: 'posts', id: '1' } });
    const key = Buffer.from(secrets[1].slice('whsec_'.length), 'base64');
    const deliver = async (id, age, secret = key) => {
      const at = Math.floor(Date.now() / 1000) - age;
      const signature = `v1,${createHmac('sha256', secret).update(`${id}.${at}.${body}`).digest('base64')}`;
      const headers = { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': signature };
      return (await fetch(url, { method: 'POST', headers, body })).status;
    };
    assert.ok((await deliver('late-1', 3_600)) >= 400);
    assert.ok((await deliver('forged-1', 0, Buffer.alloc(32))) >= 400);
    await tab();
    const aside = page.getByRole('table', { name: 'Messages that were not let in' });
    await aside.getByText('Signature does not fit').waitFor();
    await aside.getByText('Signed at another time').waitFor();
    assert.deepEqual(await violations(page), []);
    assert.equal(await aside.getByText('cannot be let in').count(), 1);
    await aside.getByRole('button', { name: /^Let it in: qn_/ }).click();
    await page.getByText('The message was let in').waitFor();
    await page.getByRole('table', { name: 'Last messages' }).getByText('Released by a person').waitFor();
    await until(async () => (await aside.getByText('cannot be let in').count()) === 2, 'nothing more to let in');
  });

  it('gives out the plugin', async () => {
    await tab();
    const coming = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download the plugin' }).click();
    const download = await coming;
    assert.match(download.suggestedFilename(), /\.zip$/);
    const bytes = [];
    for await (const chunk of await download.createReadStream()) bytes.push(chunk);
    assert.equal(Buffer.concat(bytes).subarray(0, 2).toString(), 'PK');
  });

  it('says what is kept in step, and reads everything when asked', async () => {
    await tab();
    await page.getByText(/^Nothing yet: publish a scenario that begins when something changes/).waitFor();
    const { items } = await api(server, 'GET', '/scenarios');
    const { id } = items.find(({ name }) => name.includes('posts'));
    const scenario = await api(server, 'GET', `/scenarios/${id}`);
    const graph = scenario.draft_graph;
    graph.nodes.find(({ kind }) => kind === 'trigger').on = 'record-changed';
    await api(server, 'PUT', `/scenarios/${id}/draft`, { graph, expected: scenario.draft });
    await api(server, 'POST', `/scenarios/${id}/publish`, { note: 'by change' });
    await until(async () => (await api(server, 'GET', `/connections/${site}/watches`)).items.length > 0, 'the watch');
    await tab();
    await page.getByRole('button', { name: 'Read everything now: posts' }).click();
    await page.getByText('Everything will be read soon').waitFor();
    await until(async () => (await api(server, 'GET', `/connections/${site}/watches`)).items[0].sweep, 'the sweep', 30_000);
    await tab();
    await page.getByText(/Everything read .*records/).waitFor();
    assert.deepEqual(await violations(page), []);
  });

  it('closes the address', async () => {
    await tab();
    await page.getByRole('button', { name: 'Close the address' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();
    await page.getByRole('button', { name: 'Make the address' }).waitFor();
  });

  it('had no error and asked nothing of another host', () => {
    assert.deepEqual(browser.problems, []);
  });
});
