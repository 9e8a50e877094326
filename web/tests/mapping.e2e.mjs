import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { api, browser, endOfRun, overflow, page, server, settled, startConsole, until, violations } from './support/console.mjs';

let mappings;

const row = (name) => page.getByRole('group', { name: new RegExp(`^${name}, `) });
const result = (name) => row(name).locator('.m-result');
const summary = (text) => page.getByRole('status').filter({ hasText: text }).first();
const mappingOf = (resource) => mappings.find((one) => one.resource === resource).id;

async function open(id, search = '') {
  await page.goto(`${server.ui}/ui/mappings/${id}${search}`);
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await page.getByRole('radio', { name: /^#/ }).first().waitFor();
  await summary(/would/).waitFor();
}

/** Waits until what is shown belongs to the mapping as it is now. */
async function currentOf(name) {
  await until(async () => (await result(name).getAttribute('data-stale')) === null, 'a current result');
}

startConsole({
  prepare: async () => {
    mappings = (await api(server, 'GET', '/mappings')).items;
  },
});

describe('the mapping screen', () => {
  it('13: shows what a run writes afterwards', async () => {
    const id = mappingOf('posts');
    await open(id);
    const sample = (await page.getByRole('radio', { checked: true }).textContent()).replace(/^#(\w+).*/, '$1');
    await page.getByRole('textbox', { name: 'Title comes from' }).or(page.getByRole('combobox', { name: 'Title comes from' })).first().focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('slug');
    await page.getByRole('option', { name: /^slug/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await currentOf('Title');
    const shown = (await result('Title').textContent()).trim();
    assert.match(shown, /^[a-z0-9-]+$/);
    await page.getByRole('button', { name: 'Save revision 2' }).click();
    await page.getByText(/Saved as revision 2/).waitFor();

    const { items: scenarios } = await api(server, 'GET', '/scenarios');
    const scenario = scenarios.find((one) => one.name.includes('posts')).id;
    await api(server, 'POST', `/scenarios/${scenario}/publish`, { note: 'slug as title' });
    const { run, position } = await api(server, 'POST', `/scenarios/${scenario}/runs`, {});
    await endOfRun(server, run, position);
    const { items } = await api(server, 'GET', `/runs/${run}/items?limit=500`);
    const item = items.find((one) => one.record === sample);
    assert.equal(item.outcome, 'updated');
    const written = await api(server, 'GET', `/portal/posts/${item.portal}`);
    assert.equal(written.fields.title, shown);
    // And nowhere else than where the console shows records.
    await page.goto(`${server.ui}/ui/records/posts/${item.portal}`);
    await page.getByRole('heading', { level: 1, name: shown, exact: true }).waitFor();
  });

  it('14: names the field that fails, and takes a default', async () => {
    const id = mappingOf('users');
    await open(id);
    // The sample site has one person without an address; the mapping lets that pass until it is told not to.
    await row('E-mail').getByRole('button', { name: /^Check E-mail/ }).click();
    const editor = page.getByRole('dialog', { name: 'Check E-mail' });
    await editor.getByRole('button', { name: 'Remove Must have a value' }).click();
    await editor.getByRole('button', { name: 'Add a check' }).click();
    await page.getByRole('menuitem', { name: 'Must have a value' }).click();
    await page.keyboard.press('Escape');
    await currentOf('E-mail');
    await row('E-mail').getByRole('button', { name: 'E-mail', exact: true }).click();
    await page.getByRole('button', { name: 'Another' }).click();
    await page.getByRole('menuitem', { name: 'One with an empty E-mail' }).click();
    await result('E-mail').getByText('REQUIRED').waitFor();
    await summary('1 field would fail').waitFor();
    assert.deepEqual(await violations(page), []);
    await row('E-mail').getByLabel('If E-mail is empty, use').fill('letters@example.org');
    await result('E-mail').getByText('default', { exact: true }).waitFor();
    assert.match(await result('E-mail').textContent(), /letters@example\.org/);
    await summary('This record would be saved').waitFor();
  });

  it('15: replaces on drop, and brings back on undo', async () => {
    await open(mappingOf('users'));
    const before = await row('Name').getByLabel('Name comes from').inputValue();
    await page.getByRole('button', { name: /^nickname / }).dragTo(row('Name'));
    await until(async () => (await row('Name').getByLabel('Name comes from').inputValue()) === 'nickname', 'the dropped field');
    await currentOf('Name');
    await page.getByRole('button', { name: /^Undo: Fill Name/ }).click();
    await until(async () => (await row('Name').getByLabel('Name comes from').inputValue()) === before, 'the field before');
  });

  it('fills a row by two clicks, and finds source fields by their values', async () => {
    await open(mappingOf('users'));
    await row('Bio').getByRole('button', { name: 'Bio', exact: true }).click();
    await page.getByLabel('Find a source field by name or value').fill('nickname');
    assert.equal(await page.locator('.m-source').count(), 1);
    await page.locator('.m-source').click();
    assert.equal(await row('Bio').getByLabel('Bio comes from').inputValue(), 'nickname');
  });

  it('suggests by name for empty rows only, until confirmed', async () => {
    await open(mappingOf('users'));
    await row('Bio').getByRole('button', { name: 'How Bio is filled' }).click();
    await page.getByRole('menuitem', { name: 'Do not fill it' }).click();
    const name = await row('Name').getByLabel('Name comes from').inputValue();
    await page.getByRole('button', { name: 'Map by name' }).click();
    await row('Bio').getByText('suggested').waitFor();
    assert.equal(await row('Bio').getByLabel('Bio comes from').inputValue(), 'description');
    assert.equal(await row('Name').getByLabel('Name comes from').inputValue(), name);
    await page.getByRole('button', { name: 'Confirm Bio' }).click();
    assert.equal(await row('Bio').getByText('suggested').count(), 0);
  });

  it('keeps the other results while one row cannot be read, and does not save it', async () => {
    await open(mappingOf('users'));
    await row('Bio').getByRole('button', { name: 'How Bio is filled' }).click();
    await page.getByRole('menuitem', { name: 'A text with fields in it' }).click();
    await row('Bio').getByLabel('Bio is made of').fill('{first_name');
    await result('Bio').getByText('INVALID_TEMPLATE').waitFor();
    assert.notEqual((await result('Name').textContent()).trim(), '');
    await page.getByText('1 row to correct').waitFor();
    assert.equal(await page.getByRole('button', { name: /^Save revision/ }).isDisabled(), true);
    await row('Bio').getByLabel('Bio is made of').fill('{first_name} {last_name}');
    await until(async () => !(await page.getByRole('button', { name: /^Save revision/ }).isDisabled()), 'Save to be enabled');
  });

  it('checks the last hundred records and leads to those that fail', async () => {
    await open(mappingOf('users'));
    await page.getByRole('button', { name: 'Check on the last 100' }).click();
    await page.getByRole('heading', { name: /25 records: 24 ok, 1 fails/ }).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: '#25' }).click();
    await result('E-mail').getByText('NOT_AN_EMAIL').waitFor();
    await summary('1 field would fail').waitFor();
  });

  it('does not write over a revision that somebody else saved', async () => {
    const id = mappingOf('users');
    await open(id);
    await row('Bio').getByLabel('If Bio is empty, use').fill('mine');
    await currentOf('Bio');
    const { definition, revision } = await api(server, 'GET', `/mappings/${id}`);
    const theirs = { ...definition, fields: definition.fields.map((one) => (one.to === 'locale' ? { ...one, default: 'en' } : one)) };
    await api(server, 'POST', `/mappings/${id}/revisions`, { expected: revision, definition: theirs });
    await page.getByRole('button', { name: /^Save revision/ }).click();
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText(/Locale, if empty: "en"/).waitFor();
    await page.getByRole('button', { name: /^Keep mine as revision/ }).click();
    await page.getByText(new RegExp(`Saved as revision ${revision + 2}`)).waitFor();
    assert.equal((await api(server, 'GET', `/mappings/${id}`)).revision, revision + 2);
  });

  it('is deleted when no scenario uses it, and says which one does', async () => {
    const ask = async (id) => {
      await open(id);
      await page.getByRole('button', { name: 'Revisions and more' }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      const dialog = page.getByRole('dialog', { name: /^Delete / });
      await dialog.getByText(/What was imported with it stays in Portal/).waitFor();
      assert.deepEqual(await violations(page), []);
      await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
      return dialog;
    };
    const { items } = await api(server, 'GET', '/mappings');
    const used = items.find(({ name }) => /posts/i.test(name)).id;
    const refused = await ask(used);
    await refused.getByText(/uses this mapping/).waitFor();
    await refused.getByRole('button', { name: 'Cancel' }).click();
    const { id } = await api(server, 'POST', '/mappings', { name: 'Used by nobody', app: 'wordpress', resource: 'posts', entity: 'post' });
    await ask(id);
    await page.getByText('Used by nobody was deleted').waitFor();
    await page.waitForURL(/\/mappings$/);
    assert.ok(!(await api(server, 'GET', '/mappings')).items.some((one) => one.id === id));
  });

  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1440, 320]) {
      it(`has no violation at ${width} px, ${colorScheme}, and does not scroll sideways`, async () => {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await open(mappingOf('posts'));
        await settled(browser);
        assert.deepEqual(await violations(page), []);
        assert.equal(await overflow(page), 0);
      });
    }
  }

  it('says nothing to anybody else', () => {
    assert.deepEqual(browser.problems, []);
  });
});
