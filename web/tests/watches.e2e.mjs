// What is kept in step, and what of it cannot be read. With a site that can be told to send what nobody can read.
// How to name the server: see support/server.mjs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { afterwards, api, go, importing, page, server, startConsole, startEmpty, startSite, until, violations } from './support/console.mjs';

let site;
let connection;

const watch = async () => (await api(server, 'GET', `/connections/${connection}/watches`)).items.find(({ resource }) => resource === 'posts');

/** Reads everything, by the button, and waits for the end of it. */
async function readEverything() {
  const before = (await watch()).sweep?.ended;
  await go(`/connections/${connection}/webhooks`);
  await page.getByRole('button', { name: 'Read everything now: posts' }).click();
  await until(async () => {
    const { sweep } = await watch();
    return sweep && sweep.ended !== before;
  }, 'the reading of everything', 30_000);
  await go(`/connections/${connection}/webhooks`);
  await page.getByText(/Everything read .*records/).first().waitFor();
}

startConsole({
  start: startEmpty,
  prepare: async () => {
    site = await startSite({ users: 3, posts: 12 });
    afterwards(() => site.end());
    const made = await importing(server, site, 'import-posts');
    connection = made.connection;
    const scenario = await api(server, 'GET', `/scenarios/${made.scenario}`);
    const graph = scenario.live_graph ?? scenario.draft_graph;
    graph.nodes.find(({ kind }) => kind === 'trigger').on = 'record-changed';
    await api(server, 'PUT', `/scenarios/${made.scenario}/draft`, { graph, expected: scenario.draft });
    await api(server, 'POST', `/scenarios/${made.scenario}/publish`, { note: 'by change' });
    await until(async () => (await watch()) !== undefined, 'the watch', 30_000);
  },
});

describe('a record that cannot be read', () => {
  it('is told with its reason, and what to do', async () => {
    await site.tell('unreadable');
    await readEverything();
    const note = page.locator('#watches .note-warn');
    await note.getByText('1 record cannot be read').waitFor();
    const { unread } = await watch();
    assert.equal(unread.length, 1);
    assert.match(await note.innerText(), /seven[^]*UNREADABLE_RECORD[^]*since/);
    assert.deepEqual(await violations(page), []);
  });

  it('is told no more once it can be read', async () => {
    await site.tell('heal');
    await readEverything();
    assert.equal(await page.locator('#watches .note-warn').count(), 0);
  });
});

describe('who did it', () => {
  it('is oneself, or an access key by the name it was given', async () => {
    const other = await api(server, 'POST', '/tokens', { name: 'Night shift', role: 'administrator' });
    await api({ ...server, token: other.token }, 'POST', `/connections/${connection}/pause`, { reason: 'tonight' });
    await go('/audit');
    await page.getByText('Night shift (access key)').first().waitFor();
    await page.getByText('You', { exact: true }).first().waitFor();
    assert.equal(await page.getByText(/Access key tk_/).count(), 0);
  });

  it('is the webhook of a connection by its name', async () => {
    const { items } = await api(server, 'GET', '/connections');
    const { name } = items.find(({ id }) => id === connection);
    await api(server, 'POST', `/connections/${connection}/resume`, {});
    await api(server, 'POST', `/connections/${connection}/webhooks`, { mode: { kind: 'standard-webhooks' } });
    await api(server, 'POST', `/connections/${connection}/webhooks/test`, {});
    await go('/audit');
    await page.getByText(`Webhook of ${name}`).first().waitFor();
  });
});

describe('a new scenario', () => {
  it('begins at its first choice', async () => {
    await go('/scenarios');
    await page.getByRole('link', { name: 'New scenario' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'New scenario' });
    await dialog.getByRole('radio').first().waitFor();
    await until(() => page.evaluate(() => document.activeElement?.getAttribute('type') === 'radio'), 'the focus on a choice');
    assert.deepEqual(await violations(page), []);
  });
});
