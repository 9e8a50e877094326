// What is known of a connection: its fields, how its tests went, and what happened with it.
// How to name the server: see support/server.mjs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { api, browser, go, overflow, page, server, startConsole, violations } from './support/console.mjs';

let site;

startConsole({
  prepare: async () => {
    const { items } = await api(server, 'GET', '/connections');
    site = items.find(({ app }) => app === 'wordpress').id;
  },
});

describe('a connection', () => {
  it('shows the fields that came, by kind of records, with the mappings that read them', async () => {
    await go(`/connections/${site}/data?resource=posts`);
    const { fields, records, changes } = await api(server, 'GET', `/connections/${site}/fields?resource=posts`);
    const table = page.getByRole('table', { name: 'Fields of Posts' });
    const title = table.getByRole('row').filter({ has: page.getByRole('cell', { name: 'title.raw', exact: true }) });
    const known = fields.find(({ path }) => path === 'title.raw');
    await title.getByText(`${known.seen} of ${records}`).waitFor();
    assert.ok(known.mappings.length > 0);
    // It reads title.raw or title.rendered: one of both is enough.
    assert.deepEqual(changes, []);
    await title.getByRole('link', { name: known.mappings[0].name }).waitFor();
    assert.equal(await table.getByRole('row').count(), fields.length + 1);
    assert.deepEqual(await violations(page), []);
    await page.getByRole('combobox', { name: 'Kind of records' }).click();
    await page.getByRole('option', { name: 'Users' }).click();
    await page.getByRole('table', { name: 'Fields of Users' }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('resource'), 'users');
  });

  it('shows a field that a mapping reads and no record has, and leads to the mapping', async () => {
    const { items } = await api(server, 'GET', '/mappings');
    const { id, name } = items.find((one) => one.resource === 'posts');
    const mapping = await api(server, 'GET', `/mappings/${id}`);
    const definition = structuredClone(mapping.definition);
    definition.fields.find(({ to }) => to === 'title').from = { path: 'meta_subtitle' };
    await api(server, 'POST', `/mappings/${id}/revisions`, { expected: mapping.revision, definition });
    await go(`/connections/${site}/data?resource=posts`);
    const changed = page.locator('li').filter({ hasText: 'meta_subtitle' });
    await changed.getByText(/is read by a mapping, and no record has it/).waitFor();
    assert.deepEqual(await violations(page), []);
    await changed.getByRole('link', { name }).click();
    await page.waitForURL((url) => url.pathname.endsWith(`/mappings/${id}`) && url.searchParams.get('field') === 'meta_subtitle');
  });

  it('says how much there is to import', async () => {
    const { items } = await api(server, 'POST', `/connections/${site}/resources/count`, {});
    const { name, total } = items.find(({ id }) => id === 'posts');
    assert.ok(total > 0);
    await go(`/connections/new?app=wordpress&connection=${site}&step=import`);
    await page.getByText(`${name} (${total.toLocaleString('en')})`).waitFor();
    assert.deepEqual(await violations(page), []);
  });

  it('says how its last tests went', async () => {
    await api(server, 'POST', `/connections/${site}/test`, {});
    await go(`/connections/${site}/status`);
    await page.getByRole('img', { name: /^\d+ tests?: .*The last took \d+ ms\.$/ }).waitFor();
    assert.deepEqual(await violations(page), []);
  });

  it('tells its edits, tests and runs as one story', async () => {
    await go(`/connections/${site}/history`);
    const story = page.locator('.timeline');
    await story.getByRole('link', { name: /^Run of / }).first().waitFor();
    await story.getByText(/ · event \d+$/).first().waitFor();
    for (const width of [1440, 320]) {
      await page.setViewportSize({ width, height: 900 });
      assert.deepEqual(await violations(page), []);
      assert.equal(await overflow(page), 0);
    }
    assert.deepEqual(browser.problems, []);
  });
});
