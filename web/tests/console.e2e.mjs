// The checks of the console's screens, in a real browser against the real server with its sample site.
// How to name the server: see builder-support.mjs.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';

import { api, end, openBrowser, startDemo, stop, startAgain } from './builder-support.mjs';

const WAIT_MS = 15_000;
let server;
let browser;
let page;

async function go(path) {
  await page.goto(`${server.ui}/ui${path}`);
}

async function sample() {
  const { items } = await api(server, 'GET', '/connections');
  return items.find(({ app }) => app === 'wordpress');
}

before(async () => {
  server = await startDemo();
  browser = await openBrowser(server);
  page = browser.page;
});

after(async () => {
  await browser?.close();
  if (server) await end(server);
});

describe('the console', () => {
  it('leads from / to the Overview, whose figures are those of the API', async () => {
    await page.goto(`${server.ui}/`);
    assert.equal(new URL(page.url()).pathname, '/ui/');
    const overview = await api(server, 'GET', '/overview');
    await page.getByRole('list', { name: 'Figures' }).getByText(String(overview.metrics.records_imported), { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Show as table' }).click();
    assert.equal(await page.getByRole('row').filter({ hasText: /^\d\d:00/ }).count(), 24);
  });

  it('takes the token out of the address and gives scripts no way to it', async () => {
    await page.goto('about:blank');
    await go(`/#token=${server.token}`);
    await page.waitForURL((url) => !url.hash);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    assert.ok(!page.url().includes(server.token));
    const seen = await page.evaluate(() => document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage));
    assert.ok(!seen.includes(server.token) && !seen.includes('portal_session'));
  });

  it('finds a WordPress site and shows every check', async () => {
    const { origin, name } = await sample();
    await go('/connections/new?app=wordpress');
    await page.getByLabel('Address of the site').fill(origin);
    await page.getByRole('button', { name: 'Find site' }).click();
    const checks = page.getByRole('list', { name: 'Checks of the address' });
    await checks.getByRole('listitem').filter({ hasText: 'The REST API' }).getByText(', passed').waitFor({ state: 'attached', timeout: 3_000 });
    await page.getByText(name).first().waitFor({ timeout: 3_000 });
    await page.getByRole('button', { name: /^Authorise on/ }).waitFor();
  });

  it('says what is wrong with an address that is not WordPress, and does not offer to authorise', async () => {
    const other = createServer((_, answer) => answer.end('<h1>Hello</h1>'));
    await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
    try {
      await go('/connections/new?app=wordpress');
      await page.getByLabel('Address of the site').fill(`http://127.0.0.1:${other.address().port}`);
      await page.getByRole('button', { name: 'Find site' }).click();
      const message = page.getByRole('alert').filter({ hasText: 'No site found at this address' });
      await message.getByText(/What to do:/).waitFor();
      assert.equal(await page.getByRole('button', { name: /^Authorise on/ }).count(), 0);
      assert.ok(await page.evaluate(() => document.activeElement?.textContent?.includes('No site found') ?? false), 'the message has the focus');
    } finally {
      other.close();
    }
  });

  it('keeps what was entered when WordPress refuses a password, and saves nothing', async () => {
    const { origin } = await sample();
    const before = (await api(server, 'GET', '/connections')).items.length;
    await go(`/connections/new?app=wordpress&url=${encodeURIComponent(origin)}`);
    await page.getByRole('button', { name: 'Paste a password instead' }).click();
    await page.getByLabel('WordPress user name').fill('portal');
    await page.getByLabel('Application password').fill('aaaa bbbb cccc dddd eeee ffff');
    await page.getByRole('button', { name: 'Test and save' }).click();
    await page.getByText(/refused: /).first().waitFor();
    assert.equal(await page.getByLabel('WordPress user name').inputValue(), 'portal');
    assert.equal((await api(server, 'GET', '/connections')).items.length, before);
  });

  it('goes to the site’s own page; who does not approve is back at step 2, and nothing stays', async () => {
    const { origin } = await sample();
    const before = (await api(server, 'GET', '/connections')).items.length;
    await go(`/connections/new?app=wordpress&url=${encodeURIComponent(origin)}`);
    await page.getByRole('button', { name: /^Authorise on/ }).click();
    await page.waitForURL(/authorize-application/, { timeout: WAIT_MS });
    const asked = new URL(page.url()).searchParams;
    assert.match(asked.get('app_id') ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-/);
    assert.match(asked.get('success_url') ?? '', /^http:\/\/127\.0\.0\.1:/);
    await page.getByRole('button', { name: /do not approve/ }).click();
    await page.getByText(/You chose not to approve on/).waitFor();
    assert.match(page.url(), /\/ui\/connections\/new/);
    assert.equal((await api(server, 'GET', '/connections')).items.length, before);
  });

  it('connects by approval, and no address or page ever has the password', async () => {
    const { origin } = await sample();
    const urls = [];
    const bodies = [];
    const note = (frame) => urls.push(frame.url());
    page.on('framenavigated', note);
    const answered = async (response) => {
      if (response.url().includes('/api/')) bodies.push(await response.text().catch(() => ''));
    };
    page.on('response', answered);
    let secret = '';
    const sent = (request) => {
      const found = new URL(request.url()).searchParams.get('password');
      if (found) secret = found;
    };
    page.on('request', sent);
    await go(`/connections/new?app=wordpress&url=${encodeURIComponent(origin)}`);
    await page.getByRole('button', { name: /^Authorise on/ }).click();
    await page.waitForURL(/authorize-application/, { timeout: WAIT_MS });
    await page.getByRole('button', { name: /Yes, I approve/ }).click();
    await page.waitForURL(/\/ui\/connections\/cn_[a-z0-9]+\/status/, { timeout: WAIT_MS });
    await page.getByText('Healthy').first().waitFor();
    page.off('framenavigated', note);
    page.off('response', answered);
    page.off('request', sent);
    assert.ok(secret, 'the site sent a password to the API address');
    assert.ok(!urls.some((url) => url.includes(encodeURIComponent(secret)) && url.includes('/ui/')));
    assert.ok(!bodies.some((body) => body.includes(secret) || body.includes(secret.replaceAll(' ', ''))));
  });

  it('counts what deleting a connection means, with the focus on Cancel', async () => {
    const before = await api(server, 'GET', '/connections');
    const added = before.items.find(({ app }) => app === 'wordpress');
    await go(`/connections/${added.id}/status`);
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/scenarios? stops?/).waitFor();
    await dialog.getByText(/records? stays? in Portal/).waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === 'Cancel');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('deletes a connection, and the list and the audit log show it', async () => {
    const [site] = (await api(server, 'GET', '/connections')).items.filter(({ app }) => app === 'wordpress');
    const made = await api(server, 'POST', '/connections', { app: 'wordpress', address: site.origin, name: 'To be deleted', test: false });
    await api(server, 'GET', `/connections/${made.id}?min_position=${made.position}`);
    await go(`/connections/${made.id}/status`);
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog');
    await page.waitForFunction(() => document.activeElement?.textContent === 'Cancel');
    await dialog.getByRole('button', { name: /^Delete/ }).click();
    await page.waitForURL((url) => url.pathname.endsWith('/ui/connections'));
    await page.getByRole('table').first().waitFor();
    assert.ok(!(await api(server, 'GET', '/connections')).items.some(({ id }) => id === made.id));
    assert.equal(await page.getByRole('table').getByText('To be deleted').count(), 0);
    await go('/audit');
    await page.getByRole('table').getByText(made.id).or(page.getByRole('table').getByText('To be deleted')).first().waitFor();
  });

  it('opens a run on its failures, each with field, message and what to do', async () => {
    const { items } = await api(server, 'GET', '/runs?phase=partly-failed');
    await go(`/runs/${items[0].id}`);
    await page.getByRole('button', { name: /^Retry failed \(1\)/ }).waitFor();
    await page.getByRole('link', { name: 'users 25' }).waitFor();
    assert.equal(await page.getByRole('table', { name: 'Records of the run' }).getByRole('row').count(), 2);
    await page.getByRole('link', { name: 'users 25' }).click();
    await page.waitForURL(/\/records\/[\d.]+/);
    const panel = page.getByRole('complementary', { name: /^Record/ });
    await panel.getByText('NOT_AN_EMAIL at map').waitFor();
    await panel.getByText(/What to do:/).waitFor();
    await panel.getByRole('tab', { name: 'After mapping' }).click();
    await panel.getByText('Sam Oldfield').first().waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
  });

  it('retries the failed record in a new run that names the old one', async () => {
    const { items } = await api(server, 'GET', '/runs?phase=partly-failed');
    const old = items.at(-1);
    await go(`/runs/${old.id}`);
    await page.getByRole('button', { name: /^Retry failed/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Retry 1 record' }).click();
    await page.waitForURL((url) => /\/runs\/rn_/.test(url.pathname) && !url.pathname.includes(old.id));
    await page.getByRole('link', { name: `Retry of ${old.id}` }).waitFor();
  });

  it('keeps an answer about a run', async () => {
    const { items } = await api(server, 'GET', '/runs?phase=succeeded');
    const before = (await api(server, 'GET', '/overview')).metrics.satisfaction.good;
    await go(`/runs/${items[0].id}`);
    await page.getByRole('button', { name: 'Good', exact: true }).click();
    await page.getByText('Thank you. Your answer is kept.').waitFor();
    const after = (await api(server, 'GET', '/overview')).metrics.satisfaction.good;
    assert.equal(after, before + 1);
  });

  it('finds records by what people know them by', async () => {
    await go('/records');
    await page.getByRole('searchbox').or(page.getByPlaceholder(/Search by title/)).first().fill('Ines Costa');
    await page.getByRole('link', { name: 'Ines Costa' }).click();
    await page.getByRole('heading', { level: 1, name: 'Ines Costa' }).waitFor();
    await page.getByText('ines.costa@example.com').first().waitFor();
  });

  it('shows a new access key once and revokes it', async () => {
    await go('/settings/access-keys');
    await page.getByRole('button', { name: 'New access key' }).click();
    await page.getByLabel('Name').fill('Reporting');
    await page.getByRole('button', { name: 'Make the key' }).click();
    const shown = await page.getByRole('dialog').locator('code').textContent();
    assert.match(shown ?? '', /^pit_/);
    await page.getByRole('button', { name: 'I have it' }).click();
    assert.ok(!(await page.content()).includes(shown));
    await page.getByRole('button', { name: 'Revoke Reporting' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('revoked', { exact: true }).waitFor();
  });

  it('goes anywhere by the keyboard', async () => {
    await go('/');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: /^Go to a page/ }).waitFor();
    await page.keyboard.type('harbour');
    await page.locator('[role="option"]').filter({ hasText: 'Harbour' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /Harbour/ }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('says when the server is away, keeps what is shown, and goes on when it is back', async () => {
    await go('/runs');
    await page.getByRole('table', { name: 'Runs' }).waitFor();
    const rows = await page.getByRole('row').count();
    await stop(server);
    await page.getByText(/^Not connected\. Showing the state of/).waitFor({ timeout: 30_000 });
    assert.equal(await page.getByRole('row').count(), rows);
    await startAgain(server);
    // The session is as good as before: the page goes on where it was.
    await page.getByRole('table', { name: 'Runs' }).waitFor();
    assert.equal(await page.getByRole('row').count(), rows);
    await page.getByText(/^Not connected/).waitFor({ state: 'detached', timeout: 40_000 });
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Runs');
  });

  it('answers unknown addresses as what they are', async () => {
    assert.equal((await fetch(`${server.address}/ui/assets/x.js`)).status, 404);
    const api404 = await fetch(`${server.address}/api/x`, { headers: { authorization: `Bearer ${server.token}` } });
    assert.equal(api404.status, 404);
    assert.match(api404.headers.get('content-type') ?? '', /problem\+json/);
  });

  it('asked nothing of another host and had no error', () => {
    assert.deepEqual(browser.problems, []);
  });
});
