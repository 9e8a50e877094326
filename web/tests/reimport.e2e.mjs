// What was imported is taken through new rules without asking the site: previewed, then only the differences written. In a
// real browser against the real server with its sample site.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { api, browser, go, openBrowser, page, server, startConsole, until, violations } from './support/console.mjs';

let users;
let posts;

async function over(run) {
  return until(async () => {
    const now = await api(server, 'GET', `/runs/${run}`).catch(() => undefined);
    return now?.ended_at ? now : undefined;
  }, 'the end of the run');
}

/** A revision of the mapping that writes a field in capitals. */
async function shout(entity, field) {
  const { id } = (await api(server, 'GET', '/mappings')).items.find((mapping) => mapping.entity === entity);
  const { definition, revision } = await api(server, 'GET', `/mappings/${id}`);
  const fields = definition.fields.map((rule) => (rule.to === field ? { ...rule, convert: [{ kind: 'upper-case' }] } : rule));
  await api(server, 'POST', `/mappings/${id}/revisions`, { expected: revision, definition: { ...definition, fields } });
  return id;
}

async function pathOf(predicate) {
  await page.waitForURL((url) => predicate(url));
  return new URL(page.url());
}

startConsole({
  prepare: async () => {
    const { items } = await api(server, 'GET', '/scenarios');
    users = items.find(({ name }) => /users/i.test(name));
    posts = items.find(({ name }) => /posts/i.test(name));
  },
});

describe('importing again from history', () => {
  it('shows that nothing differs while the rules are the same', async () => {
    await go(`/scenarios/${users.id}/runs`);
    await page.getByRole('link', { name: 'Import again' }).click();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('heading', { name: /^0 of \d+ records would change$/ }).waitFor();
    await page.getByText('Nothing differs: there is nothing to write.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Import the differences' }).count(), 0);
  });

  it('previews another revision of the mapping by field, without asking the source, and writes only that', async () => {
    const mapping = await shout('user', 'name');
    await go(`/scenarios/${users.id}/reimport`);
    await page.getByLabel('Mapping').selectOption(mapping);
    await page.getByLabel('Revision').waitFor();
    await page.getByRole('button', { name: 'Preview' }).click();
    const title = page.getByRole('heading', { name: /^\d+ of \d+ records would change$/ });
    await title.waitFor();
    const many = Number(/^\d+/.exec(await title.innerText())[0]);
    assert.ok(many > 10, String(many));
    const fields = page.getByRole('table', { name: 'Updates by field' }).getByRole('row');
    assert.deepEqual((await fields.allInnerTexts()).slice(1).map((text) => text.split(/\s+/)), [['name', String(many)]]);
    await page.getByText('The source is not asked').waitFor();
    // What fails says why.
    await page.getByRole('table', { name: 'Why records are left out or fail' }).getByText(/NOT_AN_EMAIL/).waitFor();
    // The preview stays in the address.
    await page.reload();
    await title.waitFor();
    await page.getByRole('button', { name: 'Import the differences' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import the differences?' });
    await dialog.getByText(`It will update ${many} records in Portal`).waitFor();
    await dialog.getByRole('button', { name: `Import ${many} differences` }).click();
    const run = (await pathOf(({ pathname }) => /\/ui\/runs\/rn_/.test(pathname))).pathname.split('/').at(-1);
    const done = await over(run);
    assert.deepEqual([done.kind, done.counts.updated, done.counts.created], ['reimport', many, 0]);
    const record = (await api(server, 'GET', '/portal/users?limit=5')).items[0];
    assert.equal(record.fields.name, record.fields.name.toUpperCase());
  });

  it('is offered after publishing, and waits for approval when it changes much', async () => {
    await shout('post', 'title');
    await go(`/scenarios/${posts.id}/builder`);
    const publish = page.getByRole('button', { name: 'Publish' });
    await publish.waitFor();
    await until(async () => !(await publish.isDisabled()), 'Publish to be enabled');
    await publish.click();
    await page.getByRole('button', { name: 'Publish v2' }).click();
    await page.getByText('v2 live. What was imported before stays as it is.').waitFor();
    await page.getByRole('button', { name: 'See what would change' }).click();
    const title = page.getByRole('heading', { name: /^\d+ of \d+ records would change$/ });
    await title.waitFor();
    const many = Number(/^\d+/.exec(await title.innerText())[0]);
    assert.ok(many > 50, String(many));
    const preview = new URL(page.url()).searchParams.get('preview');
    await page.getByRole('button', { name: 'Import the differences' }).click();
    await page.getByRole('button', { name: `Import ${many} differences` }).click();
    await page.getByRole('heading', { name: 'This run waits for you' }).waitFor();
    const run = new URL(page.url()).pathname.split('/').at(-1);
    // The preview that was looked at is what it shows.
    assert.equal((await api(server, 'GET', `/runs/${run}`)).preview, preview);
    await page.getByRole('table', { name: 'Records of the run' }).waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('button', { name: 'Approve and write' }).click();
    assert.equal((await over(run)).counts.updated, many);
  });

  it('refuses ids that are none of this site with nothing to do, and a viewer with the reason', async () => {
    await go(`/scenarios/${users.id}/reimport`);
    await page.getByLabel('Only these ids').fill('999999');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('heading', { name: '0 of 0 records would change' }).waitFor();
    const { token } = await api(server, 'POST', '/tokens', { name: 'a viewer', role: 'viewer' });
    const viewer = await openBrowser({ ...server, token });
    try {
      await viewer.page.goto(`${server.ui}/ui/scenarios/${users.id}/reimport`);
      const button = viewer.page.getByRole('button', { name: 'Preview' });
      await button.waitFor();
      assert.equal(await button.getAttribute('aria-disabled'), 'true');
    } finally {
      await viewer.close();
    }
  });

  for (const [theme, width] of [['light', 1440], ['dark', 320]]) {
    it(`has nothing that axe finds, ${theme} at ${width} px`, async () => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      const { items } = await api(server, 'GET', `/runs?scenario=${users.id}`);
      const preview = items.find(({ kind, mode, counts }) => kind === 'reimport' && mode === 'dry-run' && counts.updated > 0);
      await go(`/scenarios/${users.id}/reimport?preview=${preview.id}`);
      await page.getByRole('button', { name: 'Import the differences' }).waitFor();
      await page.getByRole('table', { name: 'Records of the run' }).waitFor();
      assert.deepEqual(await violations(page), []);
      const { scroll, client } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth }));
      assert.equal(scroll, client);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/reimport-${theme}.png`, fullPage: true });
      assert.deepEqual(browser.problems, []);
    });
  }
});
