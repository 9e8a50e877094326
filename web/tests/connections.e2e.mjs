// Checks 2 to 7 of docs/console/acceptance.md: from an address to a connection, and its end, on a server that knows
// nothing yet. How to name the server: see support/server.mjs.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';

import { afterwards, api, browser, endOfRun, go, importing, page, server, startConsole, startEmpty, startSite, until, violations } from './support/console.mjs';

let site;

const host = () => new URL(site.url).host;
const sites = async () => (await api(server, 'GET', '/connections')).items.filter(({ app }) => app === 'wordpress');
const checks = () => page.getByRole('list', { name: 'Checks of the address' });
const hasFocus = (locator) => until(() => locator.evaluate((element) => element === document.activeElement || element.contains(document.activeElement)), 'the focus');

async function find(address) {
  await go('/connections/new?app=wordpress');
  await page.getByLabel('Address of the site').fill(address);
  await page.getByRole('button', { name: 'Find site' }).click();
}

/** Everything the browser learned while something was done: answers, and the password that the site sent. */
async function overhear(act) {
  const heard = { bodies: [], secret: '', pending: [] };
  const answered = (response) => {
    if (response.url().startsWith(server.ui)) heard.pending.push(response.text().then((text) => heard.bodies.push(text), () => undefined));
  };
  const sent = (request) => {
    heard.secret ||= new URL(request.url()).searchParams.get('password') ?? '';
  };
  page.on('response', answered);
  page.on('request', sent);
  await act();
  page.off('response', answered);
  page.off('request', sent);
  // The answer of the live stream does not end while the page is there.
  await go('/connections');
  await Promise.all(heard.pending);
  return heard;
}

/** A password in every form that it could stand in. */
function forms(secret) {
  const bare = secret.replaceAll(/\s/g, '');
  return [secret, bare, encodeURIComponent(secret), secret.replaceAll(' ', '+'), btoa(`${site.account}:${secret}`), btoa(`${site.account}:${bare}`)];
}

startConsole({
  start: startEmpty,
  prepare: async () => {
    site = await startSite({ users: 12, posts: 12 });
    afterwards(() => site.end());
  },
});

describe('adding a connection', () => {
  it('2: finds a WordPress site and shows every check', async () => {
    await find(host());
    const rest = checks().getByRole('listitem').filter({ hasText: 'The REST API' });
    await rest.getByText(', passed').waitFor({ state: 'attached', timeout: 3_000 });
    const name = (await (await fetch(`${site.url}/wp-json/`)).json()).name;
    assert.ok(name);
    await page.locator('main').getByText(name).first().waitFor({ timeout: 3_000 });
    await page.getByRole('button', { name: `Authorise on ${host()}` }).waitFor();
  });

  it('3: says what is wrong with an address that is not WordPress, and does not offer to authorise', async () => {
    const other = createServer((_, answer) => answer.end('<h1>Hello</h1>'));
    await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
    try {
      await find(`127.0.0.1:${other.address().port}`);
      const message = page.getByRole('alert').filter({ hasText: 'No site found at this address' });
      await message.getByText(/What to do:/).waitFor();
      const failing = checks().locator('[data-outcome="failed"]');
      assert.equal(await failing.count(), 1);
      await failing.getByText(', failed').waitFor({ state: 'attached' });
      await failing.getByText(/What to do:/).waitFor();
      assert.equal(await page.getByRole('button', { name: /^Authorise on/ }).count(), 0);
      await hasFocus(page.locator('.trouble').filter({ has: message }));
      assert.deepEqual(await violations(page), []);
    } finally {
      other.close();
    }
  });

  it('5: is back at step 2 when the site’s owner does not approve, and nothing is stored', async () => {
    await find(host());
    await page.getByRole('button', { name: /^Authorise on/ }).click();
    await page.waitForURL(/authorize-application/);
    await page.getByRole('button', { name: /do not approve/ }).click();
    await page.getByText(`You chose not to approve on ${host()}. Nothing was stored.`).waitFor();
    assert.match(new URL(page.url()).pathname, /\/ui\/connections\/new$/);
    await page.getByRole('button', { name: /^Authorise on/ }).waitFor();
    assert.deepEqual(await sites(), []);
  });

  it('6: keeps what was entered when WordPress refuses a password, and saves nothing', async () => {
    const wrong = 'aaaa bbbb cccc dddd eeee ffff';
    await find(host());
    await page.getByRole('button', { name: 'Paste a password instead' }).click();
    const [account, password] = [page.getByLabel('WordPress user name'), page.getByLabel('Application password')];
    await account.fill(site.account);
    await password.fill(wrong);
    await page.getByRole('button', { name: 'Test and save' }).click();
    await page.locator('form [aria-invalid="true"]').waitFor();
    assert.equal(await password.getAttribute('aria-invalid'), 'true');
    await hasFocus(password);
    const why = await password.evaluate((field) =>
      (field.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' '));
    assert.match(why, / refused: /);
    await page.getByText('Nothing was saved. What you entered is still here.').waitFor();
    assert.deepEqual([await account.inputValue(), await password.inputValue()], [site.account, wrong]);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(await sites(), []);
  });

  it('bad input 78: refuses what could split a header, at its field', async () => {
    await find(host());
    await page.getByRole('button', { name: 'Paste a password instead' }).click();
    const [account, password] = [page.getByLabel('WordPress user name'), page.getByLabel('Application password')];
    await account.fill('por:tal\tx');
    await password.fill('aaaa bbbb cccc dddd eeee ffff');
    await page.getByRole('button', { name: 'Test and save' }).click();
    await page.locator('form [aria-invalid="true"]').waitFor();
    assert.deepEqual([await account.getAttribute('aria-invalid'), await password.getAttribute('aria-invalid')], ['true', null]);
    await hasFocus(account);
    assert.equal(await password.inputValue(), 'aaaa bbbb cccc dddd eeee ffff');
    assert.deepEqual(await sites(), []);
  });

  it('4: connects by approval on the site, and nothing in the browser ever has the password', async () => {
    await find(host());
    const authorise = page.getByRole('button', { name: /^Authorise on/ });
    await authorise.waitFor();
    const { authentication } = await (await fetch(`${site.url}/wp-json/`)).json();
    const heard = await overhear(async () => {
      await authorise.click();
      await page.waitForURL(/authorize-application/);
      const asked = new URL(page.url());
      assert.equal(asked.origin + asked.pathname, authentication['application-passwords'].endpoints.authorization);
      assert.ok(asked.searchParams.get('app_name'));
      assert.match(asked.searchParams.get('app_id') ?? '', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.match(asked.searchParams.get('success_url') ?? '', /^http:\/\/127\.0\.0\.1:/);
      await page.getByRole('button', { name: /Yes, I approve/ }).click();
      await page.waitForURL(/\/ui\/connections\/cn_[a-z0-9]+\/status$/);
      await page.getByText('Healthy').first().waitFor();
    });
    assert.ok(heard.secret.replaceAll(' ', '').length >= 24, 'the site sent a password to the address of the API');
    assert.ok(heard.bodies.length > 5, 'answers were heard');
    const cdp = await page.context().newCDPSession(page);
    const { entries } = await cdp.send('Page.getNavigationHistory');
    assert.ok(entries.some(({ url }) => url.includes('/status')), 'the history was read');
    const stored = await page.evaluate(() => document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage));
    const places = [...entries.map(({ url }) => url), ...entries.map(({ title }) => title), ...browser.lines, ...heard.bodies, stored];
    for (const form of forms(heard.secret)) {
      assert.equal(places.find((text) => text.includes(form)), undefined, 'the password was found in the browser');
    }
    assert.equal((await sites()).length, 1);
  });
});

describe('deleting a connection', () => {
  it('7: counts what it means, begins on Cancel, and is seen in the list and the audit log', async () => {
    const { connection, scenario } = await importing(server, site, 'import-users');
    const { run, position } = await api(server, 'POST', `/scenarios/${scenario}/runs`, {});
    assert.equal((await endOfRun(server, run, position)).counts.created, 12);
    const { name } = await api(server, 'GET', `/connections/${connection}`);
    await go(`/connections/${connection}/status`);
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog', { name: `Delete ${name}?` });
    await dialog.getByText(/^1 scenario stops: /).waitFor();
    await dialog.getByText('12 records stay in Portal.').waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === 'Cancel');
    assert.deepEqual(await violations(page), []);
    const remove = dialog.getByRole('button', { name: 'Delete connection' });
    assert.ok(await remove.isDisabled(), 'the name has to be typed first');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    assert.equal((await sites()).length, 2);

    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await dialog.getByLabel(/^To confirm, type/).fill(name);
    await remove.click();
    await page.waitForURL((url) => url.pathname.endsWith('/ui/connections'));
    await page.getByRole('table').first().waitFor();
    assert.equal((await sites()).filter(({ id }) => id === connection).length, 0);
    await page.locator(`a[href*="${connection}"]`).first().waitFor({ state: 'detached' });
    assert.equal((await api(server, 'GET', '/portal/users')).total ?? 12, 12);

    await go('/audit');
    await page.getByRole('table').getByRole('row').filter({ hasText: /delet/i }).filter({ hasText: connection }).first().waitFor();
  });

  it('had no error and asked nothing of another host', () => {
    assert.deepEqual(browser.problems, []);
  });
});
