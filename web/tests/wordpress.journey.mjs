// From an empty console to imported records, against a real WordPress: its own sign-in, its own consent page, its own
// answers. Called by tests/wordpress/journey, which brings the site up and says where it is (WP_URL and the like).
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';

import { api, browser, go, page, server, startConsole, startEmpty, until, violations } from './support/console.mjs';

const { WP_URL, WP_ADMIN, WP_ADMIN_LOGIN_PASSWORD } = process.env;
if (!WP_URL) throw new Error('no site: call tests/wordpress/journey');
const IMPORT_MS = 120_000;

const visited = [];
const answers = [];

const connections = async () => (await api(server, 'GET', '/connections')).items.filter(({ app }) => app === 'wordpress');

async function findSite(address) {
  await go('/connections/new?app=wordpress');
  await page.getByLabel('Address of the site').fill(address);
  await page.getByRole('button', { name: 'Find site' }).click();
}

startConsole({
  start: startEmpty,
  prepare: async () => {
    page.setDefaultTimeout(30_000);
    // The site's own pages ask for avatars elsewhere; there is no way out of a test.
    await page.route((url) => url.hostname !== '127.0.0.1', (route) => route.abort());
    page.on('framenavigated', (frame) => visited.push(frame.url()));
    page.on('response', async (response) => {
      if (response.url().startsWith(`${server.ui}/api/`)) answers.push(await response.text().catch(() => ''));
    });
  },
});

describe('a real WordPress, in the browser', () => {
  it('begins with a checklist of three steps', async () => {
    await go('/');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    const steps = page.locator('#first-run, [aria-labelledby="first-run"]').getByRole('listitem');
    await steps.nth(2).waitFor();
    assert.equal(await steps.count(), 3);
    assert.deepEqual(await violations(page), []);
    await page.getByRole('link', { name: 'Connect a site' }).first().click();
    await page.getByLabel('Address of the site').waitFor();
  });

  it('says that an address is not WordPress', async () => {
    const other = createServer((_, answer) => answer.end('<h1>A shop</h1>'));
    await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
    try {
      await findSite(`127.0.0.1:${other.address().port}`);
      await page.getByRole('alert').filter({ hasText: 'No site found at this address' }).getByText(/What to do:/).waitFor();
      assert.equal(await page.getByRole('button', { name: /^Authorise on/ }).count(), 0);
    } finally {
      other.close();
    }
  });

  it('keeps what was entered when the site refuses a password', async () => {
    await findSite(WP_URL);
    await page.getByRole('button', { name: 'Paste a password instead' }).click();
    await page.getByLabel('WordPress user name').fill(WP_ADMIN);
    await page.getByLabel('Application password').fill('aaaa bbbb cccc dddd eeee ffff');
    await page.getByRole('button', { name: 'Test and save' }).click();
    await page.getByText(/refused: /).first().waitFor();
    assert.equal(await page.getByLabel('WordPress user name').inputValue(), WP_ADMIN);
    assert.deepEqual(await connections(), []);
  });

  it('comes back from the site’s consent page when it is refused there, and keeps nothing', async () => {
    await findSite(WP_URL);
    await page.getByRole('button', { name: /^Authorise on/ }).click();
    await page.locator('#user_login').waitFor();
    await page.locator('#user_login').fill(WP_ADMIN);
    await page.locator('#user_pass').fill(WP_ADMIN_LOGIN_PASSWORD);
    await page.locator('#wp-submit').click();
    await page.locator('#reject, [name="reject"]').first().click();
    await page.getByText(/You chose not to approve on/).waitFor();
    assert.match(page.url(), /\/ui\/connections\/new/);
    assert.deepEqual(await connections(), []);
  });

  it('is connected by one approval on the site, and no page has the password', async () => {
    let secret = '';
    const sent = (request) => {
      secret ||= new URL(request.url()).searchParams.get('password') ?? '';
    };
    page.on('request', sent);
    await findSite(WP_URL);
    await page.getByRole('button', { name: /^Authorise on/ }).click();
    await page.locator('#approve, [name="approve"]').first().click();
    await page.waitForURL(/\/ui\/connections\/cn_[a-z0-9]+\/status/);
    await page.getByText('Healthy').first().waitFor();
    page.off('request', sent);
    assert.ok(secret, 'WordPress sent the password to the address of the API');
    const bare = secret.replaceAll(' ', '');
    assert.ok(!visited.some((url) => url.includes('/ui/') && decodeURIComponent(url).replaceAll(/[ +]/g, '').includes(bare)));
    assert.ok(!answers.some((body) => body.includes(secret) || body.includes(bare)));
  });

  it('imports, and shows the records with their source', async () => {
    const [{ id }] = await connections();
    await go(`/connections/new?app=wordpress&connection=${id}&step=import`);
    await page.getByRole('button', { name: 'Finish and open the first' }).click();
    await page.waitForURL(/\/ui\/scenarios\/[^/]+\/builder/);
    const { items: scenarios } = await api(server, 'GET', '/scenarios');
    assert.ok(scenarios.length >= 2, 'the standard scenarios');
    const users = scenarios.find(({ name }) => /user/i.test(name));
    await go(`/scenarios/${users.id}/builder`);
    await page.getByRole('status').filter({ hasText: 'No problems, ready to publish' }).first().waitFor();
    const publish = page.getByRole('button', { name: 'Publish', exact: true });
    if ((await api(server, 'GET', `/scenarios/${users.id}`)).version === 0) {
      await publish.click();
      await page.getByRole('button', { name: 'Publish v1' }).click();
    }
    await page.getByText('v1 live', { exact: true }).first().waitFor();
    await go(`/scenarios/${users.id}/runs`);
    await page.getByRole('button', { name: /^(Run now|Import now|Run)$/ }).first().click();
    const run = await until(async () => (await api(server, 'GET', '/runs')).items.find(({ ended_at }) => ended_at), 'the end of the run', IMPORT_MS);
    assert.equal(run.status ?? run.phase, 'succeeded', JSON.stringify(run));
    await go(`/records?q=${encodeURIComponent(WP_ADMIN)}`);
    await page.getByRole('table').getByRole('link').first().click();
    await page.getByRole('tab', { name: 'Lineage' }).waitFor();
    assert.ok((await api(server, 'GET', '/portal/users')).items.length >= 5);
  });

  it('had no error', () => {
    assert.deepEqual(browser.problems.filter((problem) => !problem.startsWith('request to ')), []);
  });
});
