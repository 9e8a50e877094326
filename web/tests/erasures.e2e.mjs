// People: what is held of them, a copy for them, and erasing them, at Settings, Erasures. In a real browser against the
// real server and its sample site. How to name the server: see support/server.mjs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { all, api, browser, go, openBrowser, overflow, page, server, startConsole, until, violations } from './support/console.mjs';

const ERASURES = '/settings/erasures';
const EMAIL = 'greta@harbour.example';
const PERSONAL = [EMAIL, 'Greta', 'Almeida'];
const OTHER = 'rosa.vogel@example.org';
let greta;

startConsole({
  prepare: async () => {
    greta = (await all(server, '/portal?kind=users')).find(({ fields }) => fields?.email === EMAIL);
  },
});

async function find(email) {
  await page.getByRole('textbox', { name: 'E-mail address' }).fill(email);
  await page.getByRole('button', { name: 'See what is held' }).click();
}

async function held(email) {
  await find(email);
  const found = page.getByRole('region', { name: 'What is held' });
  await found.waitFor();
  return found;
}

/** The dialog, with the focus where it begins. */
async function asked(name) {
  const dialog = page.getByRole('dialog', { name });
  await dialog.waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent === 'Cancel');
  return dialog;
}

async function downloaded(act) {
  const [file] = await Promise.all([page.waitForEvent('download'), act()]);
  return { name: file.suggestedFilename(), copy: JSON.parse(readFileSync(await file.path(), 'utf8')) };
}

const exportButton = () => page.getByRole('button', { name: 'Download a copy for the person' });

describe('a person', () => {
  it('who is written wrongly is an error of the field, which keeps what was typed and has the focus', async () => {
    await go(ERASURES);
    await page.getByText('Nobody was erased.').waitFor();
    const field = page.getByRole('textbox', { name: 'E-mail address' });
    for (const [typed, said] of [['', 'Enter the person’s e-mail address.'], ['nonsense', 'This is no e-mail address.']]) {
      await find(typed);
      await page.getByText(said).waitFor();
      assert.equal(await field.inputValue(), typed);
      assert.equal(await field.getAttribute('aria-invalid'), 'true');
      assert.ok(await field.evaluate((input) => input === document.activeElement));
    }
    await page.getByText('By record', { exact: true }).click();
    const record = page.getByLabel('Record of the person');
    for (const [typed, said] of [['nonsense', 'This names no record.'], ['cn_8f3k2j9x0a1b2c3d.users.7', 'There is no such record.']]) {
      await record.fill(typed);
      await record.press('Enter');
      await page.getByText(said).waitFor();
      assert.ok(await record.evaluate((input) => input === document.activeElement));
    }
    assert.equal(await page.getByRole('region', { name: 'What is held' }).count(), 0);
  });

  it('of whom nothing is held has nothing to erase and nothing to export', async () => {
    await go(ERASURES);
    await find('nobody@example.org');
    await page.getByRole('status').filter({ hasText: 'Nothing is held of nobody@example.org.' }).waitFor();
    assert.equal(await exportButton().count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Erase…' }).count(), 0);
  });

  it('is shown with what would go and what would stay, and nothing is in the address', async () => {
    await go(ERASURES);
    const found = await held(EMAIL);
    await found.getByText('2 events lose their content: 1 source record and 1 record in Portal').waitFor();
    await found.getByText('1 key is destroyed').waitFor();
    await found.getByText('That something happened, when, and by whom stays').waitFor();
    assert.ok(!page.url().includes('greta'), page.url());
    // The same by the record.
    await page.getByText('By record', { exact: true }).click();
    assert.equal(await found.count(), 0, 'what was found was about the other question');
    await page.getByLabel('Record of the person').fill(greta.external);
    await page.getByRole('button', { name: 'See what is held' }).click();
    await found.getByRole('link', { name: greta.id }).waitFor();
  });

  for (const [theme, width] of [['light', 1440], ['dark', 320]]) {
    it(`has nothing that axe finds, with the dialog too, ${theme} at ${width} px`, async () => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await go(ERASURES);
      await held(EMAIL);
      assert.deepEqual(await violations(page), []);
      assert.equal(await overflow(page), 0);
      await page.getByRole('button', { name: 'Erase…' }).click();
      await asked(`Erase ${EMAIL}?`);
      assert.deepEqual(await violations(page), []);
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.emulateMedia({ colorScheme: 'light' });
    });
  }

  it('gets a copy of everything that is held of them, and of nobody else', async () => {
    await go(ERASURES);
    await held(EMAIL);
    const { name, copy } = await downloaded(() => exportButton().click());
    assert.match(name, /^person-\d{4}-\d\d-\d\dT[\d-]+\.json$/);
    assert.equal(copy.content.length, 2);
    assert.ok(copy.content.some(({ content }) => content.email === EMAIL));
    assert.ok(!JSON.stringify(copy).includes(OTHER));
  });
});

describe('erasing', () => {
  it('wants a reason, begins on Cancel, and does nothing when it is left', async () => {
    await go(ERASURES);
    await held(EMAIL);
    await page.getByRole('button', { name: 'Erase…' }).click();
    const dialog = await asked(`Erase ${EMAIL}?`);
    await dialog.getByText('2 events lose their content').waitFor();
    await dialog.getByRole('button', { name: 'Erase for good' }).click();
    await dialog.getByText('Say why, without naming the person.').waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    assert.deepEqual((await api(server, 'GET', '/erasures')).items, []);
  });

  it('is done, listed without whom it was about, and the record shows nothing personal any more', async () => {
    await go(ERASURES);
    await held(EMAIL);
    await page.getByRole('button', { name: 'Erase…' }).click();
    const dialog = await asked(`Erase ${EMAIL}?`);
    await dialog.getByLabel('Reason').fill('Asked by letter');
    await dialog.getByRole('button', { name: 'Erase for good' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const row = page.getByRole('table', { name: 'Erasures' }).getByRole('row').filter({ hasText: 'Asked by letter' });
    await row.getByText('Erased', { exact: true }).waitFor();
    await row.getByText('2 events, 1 key').waitFor();
    assert.equal((await row.innerText()).includes('You'), true);
    for (const path of [`/records/users/${greta.id}`, `/records/users/${greta.id}?tab=history`, `/records/users/${greta.id}?tab=events`, `/records/users/${greta.id}?at=${greta.position}`]) {
      await go(path);
      await page.getByText('The person that this record speaks of was erased').waitFor();
      await page.waitForLoadState('networkidle').catch(() => undefined);
      const shown = await page.locator('body').innerText();
      for (const word of PERSONAL) assert.ok(!shown.includes(word), `${path} shows ${word}`);
    }
    await go('/records?q=greta');
    await page.getByText(/No records match/).waitFor();
  });

  it('cannot be lifted without a reason; lifted, it says so and brings the person back with an import', async () => {
    await go(ERASURES);
    const [{ id }] = (await api(server, 'GET', '/erasures')).items;
    await page.getByRole('button', { name: `Lift ${id}` }).click();
    const dialog = await asked(/^Lift the erasure of /);
    await dialog.getByText('The next import brings the person back').waitFor();
    await dialog.getByRole('button', { name: 'Lift the erasure' }).click();
    await dialog.getByText('Say why, without naming the person.').waitFor();
    const refused = await api(server, 'POST', `/erasures/${id}/lift`, { reason: '  ' }).catch(({ message }) => message);
    assert.match(refused, /422.*NO_REASON/);
    await dialog.getByLabel('Reason').fill('Signed up again');
    await dialog.getByRole('button', { name: 'Lift the erasure' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('Lifted: may come back').waitFor();
    assert.equal(await page.getByRole('button', { name: `Lift ${id}` }).count(), 0);
    const users = (await api(server, 'GET', '/scenarios')).items.find(({ name }) => /users/i.test(name));
    await api(server, 'POST', `/scenarios/${users.id}/runs`, {});
    await until(async () => (await all(server, '/portal?kind=users')).some(({ fields }) => fields?.email === EMAIL), 'the person to come back', 30_000);
    assert.deepEqual(browser.problems, []);
  });
});

describe('bad input 79: a copy that nobody may have', () => {
  it('of somebody who is erased between looking and downloading is no file but a sentence', async () => {
    await go(ERASURES);
    await held(OTHER);
    await api(server, 'POST', '/erasures', { email: OTHER, reason: 'In another window' });
    let files = 0;
    page.on('download', () => (files += 1));
    await exportButton().click();
    await page.getByRole('status').filter({ hasText: 'it was erased meanwhile, and nothing was exported' }).waitFor();
    assert.equal(files, 0);
    assert.equal(await exportButton().count(), 0);
  });

  it('has no link that could be guessed or live too long: the address shows a page that says so', async () => {
    for (const path of ['/api/v1/subject-exports/1', '/api/v1/subject-exports']) {
      const answer = await fetch(server.address + path, { headers: { authorization: `Bearer ${server.token}` } });
      assert.ok([404, 405].includes(answer.status), `${path}: ${answer.status}`);
      assert.match(answer.headers.get('content-type'), /problem\+json/);
    }
    await go('/settings/erasures/er_guessed');
    await page.getByRole('heading', { level: 1, name: /not found/i }).waitFor();
  });

  it('is refused to other roles: everything stays where it is, says why, and sends nothing', async () => {
    for (const role of ['viewer', 'operator']) {
      const { token } = await api(server, 'POST', '/tokens', { name: `a ${role}`, role });
      const other = await openBrowser({ ...server, token });
      try {
        const sent = [];
        other.page.on('request', (request) => /erasures|subject-exports/.test(new URL(request.url()).pathname) && request.url().includes('/api/') && sent.push(request.url()));
        await other.page.goto(`${server.ui}/ui${ERASURES}`);
        const look = other.page.getByRole('button', { name: 'See what is held' });
        await other.page.getByRole('region', { name: 'Erasures' }).getByText('Only administrators may do this').waitFor();
        assert.equal(await look.getAttribute('aria-disabled'), 'true');
        await other.page.getByRole('textbox', { name: 'E-mail address' }).fill('zoe@example.net');
        await other.page.getByRole('textbox', { name: 'E-mail address' }).press('Enter');
        await look.click({ force: true });
        await other.page.getByRole('tooltip').filter({ hasText: 'Only administrators may do this' }).waitFor();
        assert.deepEqual(sent, []);
        assert.deepEqual(await violations(other.page), []);
      } finally {
        await other.close();
      }
    }
  });
});
