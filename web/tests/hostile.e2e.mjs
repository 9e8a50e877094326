// Bad input 76: what a hostile site puts into names, titles and addresses is text on every page, and nothing of it runs.
// How to name the server and the site: see support/server.mjs and support/site.mjs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { afterwards, all, api, browser, endOfRun, go, importing, page, server, settled, startConsole, startEmpty, startSite } from './support/console.mjs';

const RUNS = 'globalThis.ran=(globalThis.ran??0)+1';
const NAME = `Eve <img src=x onerror="${RUNS}"><script>${RUNS}</script> \u202Etxt.exe`;
const BIO = `<svg onload="${RUNS}"></svg>[x](javascript:${RUNS}) {{7*7}} \${7*7}`;
const LINK = `javascript:${RUNS}`;
let site;
let scenario;
let mapping;

startConsole({
  start: startEmpty,
  prepare: async () => {
    site = await startSite({ users: 4, posts: 3 });
    afterwards(() => site.end());
    for (const id of [2, 3]) {
      await site.tell(`user ${id} name ${NAME}`);
      await site.tell(`user ${id} url ${LINK}`);
      await site.tell(`user ${id} description ${BIO}`);
    }
    await site.tell(`user 3 email <b onmouseover="${RUNS}">eve</b>`);
    ({ scenario } = await importing(server, site, 'import-users'));
    mapping = (await api(server, 'GET', '/mappings')).items.find(({ resource }) => resource === 'users').id;
    const { run, position } = await api(server, 'POST', `/scenarios/${scenario}/runs`, {});
    await endOfRun(server, run, position);
  },
});

/** Nothing of the site became an element, and nothing of it ran. */
async function isOnlyText(address) {
  await go(address);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await settled(browser, address);
  const found = await page.evaluate(() => ({
    ran: globalThis.ran,
    made: [...document.querySelectorAll('#root [onerror], #root [onload], #root [onmouseover], #root script, #root img[src="x"]')].map((one) => one.outerHTML),
    links: [...document.querySelectorAll('a[href]')].map((one) => one.protocol).filter((protocol) => !/^https?:$/.test(protocol)),
  }));
  assert.deepEqual(found, { ran: undefined, made: [], links: [] }, address);
}

describe('what a hostile site sends', () => {
  it('bad input 76: is text in lists, records, runs, samples and JSON', async () => {
    const people = await all(server, '/portal/users');
    assert.equal(people.length, 3);
    const [run] = (await api(server, 'GET', '/runs')).items;
    const items = await all(server, `/runs/${run.id}/items`);
    const failed = items.find(({ outcome }) => outcome === 'failed');
    const eve = people.find(({ fields }) => fields.name.startsWith('Eve'));
    assert.ok(failed && eve, 'one of the hostile records was refused, one is in Portal');
    const addresses = [
      '/records', '/records?q=%3Cscript%3E', `/records/users/${eve.id}`, `/records/users/${eve.id}?tab=history`,
      `/records/users/${eve.id}?tab=events`, `/runs/${run.id}`, `/runs/${run.id}?tab=groups`, `/runs/${run.id}?tab=log`,
      `/runs/${run.id}/records/${failed.id}`, `/mappings/${mapping}?sample=2`, `/mappings/${mapping}?sample=3`, '/failures', '/audit', '/',
    ];
    for (const address of addresses) await isOnlyText(address);
  });

  it('bad input 76: is shown as it came, tab by tab, for the record that failed', async () => {
    const [run] = (await api(server, 'GET', '/runs')).items;
    const failed = (await all(server, `/runs/${run.id}/items?outcome=failed`))[0];
    await go(`/runs/${run.id}/records/${failed.id}`);
    const panel = page.getByRole('complementary', { name: /^Record/ });
    await panel.getByText('onmouseover').first().waitFor();
    for (const tab of await panel.getByRole('tab').all()) {
      await tab.click();
      await settled(browser);
      assert.equal(await page.evaluate(() => globalThis.ran), undefined);
      assert.equal(await panel.locator('[onmouseover], [onerror], script').count(), 0);
    }
  });

  it('bad input 76: is only text in what a person types, too', async () => {
    const { id, position } = await api(server, 'POST', '/scenarios', { name: NAME.slice(0, 100) });
    await api(server, 'GET', `/scenarios/${id}?min_position=${position}`);
    for (const address of ['/scenarios', `/scenarios/${id}/builder`, `/scenarios/${id}/versions`, '/']) await isOnlyText(address);
    await go('/scenarios');
    await page.getByText('Eve <img src=x').first().waitFor();
  });

  it('had no error, no report of the policy, and asked nothing of another host', () => {
    assert.deepEqual(browser.problems, []);
  });
});
