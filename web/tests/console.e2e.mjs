// The checks of the console's screens, in a real browser against the real server with its sample site.
// How to name the server: see support/server.mjs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { api, browser, go, page, server, startAgain, startConsole, stop } from './support/console.mjs';


startConsole();

describe('the console', () => {
  it('leads from / to the Overview, whose figures are those of the API', async () => {
    await page.goto(`${server.ui}/`);
    assert.equal(new URL(page.url()).pathname, '/ui/');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
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

  it('lets in by the start address, however late what was asked before is answered', async () => {
    await page.goto('about:blank');
    await page.context().clearCookies();
    let isIn = false;
    let nowIn;
    const signedIn = new Promise((resolve) => (nowIn = resolve));
    await page.route('**/api/v1/session', async (route) => {
      if (route.request().method() === 'POST') {
        await route.fulfill({ response: await route.fetch() });
        isIn = true;
        nowIn();
      } else if (isIn) {
        await route.continue();
      } else {
        // Nobody was signed in then; the answer comes after somebody is.
        await signedIn;
        await route.fulfill({ status: 401, contentType: 'application/problem+json', body: JSON.stringify({ title: 'Not signed in', status: 401, code: 'NO_TOKEN' }) });
      }
    });
    await go(`/#token=${server.token}`);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.unroute('**/api/v1/session');
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

  it('20: answers unknown addresses as what they are', async () => {
    assert.equal((await fetch(`${server.address}/ui/assets/x.js`)).status, 404);
    const api404 = await fetch(`${server.address}/api/x`, { headers: { authorization: `Bearer ${server.token}` } });
    assert.equal(api404.status, 404);
    assert.match(api404.headers.get('content-type') ?? '', /problem\+json/);
    await go('/nothing-here');
    await page.getByRole('heading', { level: 1, name: 'Page not found' }).waitFor();
  });

  it('asked nothing of another host and had no error', () => {
    assert.deepEqual(browser.problems, []);
  });
});
