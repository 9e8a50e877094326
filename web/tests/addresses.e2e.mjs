// Bad input 67, 69, 70 and 77: what somebody puts into an address or a search field is text to look for, or is refused in
// words; and what is pressed twice is done once.
// How to name the server: see support/server.mjs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { all, api, browser, endOfRun, go, page, server, startConsole } from './support/console.mjs';

const PATTERNS = ['%', '*', '(a+)+$', '.*', "' OR 1=1 --", '"users" OR "', 'NEAR(a b)', '\\', '{{7*7}}'];

startConsole();

const rows = () => page.getByRole('table', { name: 'Records' }).getByRole('link');

describe('a search', () => {
  it('bad input 70: takes patterns, quotes and operators for text, and leads back from nothing', async () => {
    for (const pattern of PATTERNS) {
      await go(`/records?q=${encodeURIComponent(pattern)}`);
      await page.getByText('No records match.').waitFor();
      assert.equal(await page.getByLabel('Search by title, e-mail or id').inputValue(), pattern);
    }
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await rows().first().waitFor();
  });

  it('bad input 70: that is too long for a field stays within it', async () => {
    const field = page.getByLabel('Search by title, e-mail or id');
    await field.click();
    await page.keyboard.insertText('b'.repeat(10_000));
    assert.equal((await field.inputValue()).length, 200);
    await page.getByText('No records match.').waitFor();
    assert.deepEqual(browser.problems, []);
  });

  it('bad input 70: that is too long in an address is refused in words, and the page stays usable', async () => {
    await go(`/records?q=${'a'.repeat(201)}`);
    await page.getByText(/at most 200/).first().waitFor();
    await page.getByLabel('Search by title, e-mail or id').fill('');
    await rows().first().waitFor();
  });
});

describe('an id', () => {
  it('bad input 77: that is a path leads nowhere, and the page says so', async () => {
    for (const id of ['..%2f..%2fetc%2fpasswd', '%2Fetc%2Fpasswd', 'rn_..%2fx', 'C:%5cx']) {
      for (const address of [`/runs/${id}`, `/records/users/${id}`, `/connections/${id}`]) {
        await go(address);
        const said = page.locator('main').getByRole('alert').or(page.getByRole('heading', { level: 1, name: 'Page not found' }));
        await said.first().waitFor();
      }
    }
    assert.deepEqual(browser.problems, []);
  });
});

describe('a cursor', () => {
  it('bad input 69: that nobody gave out is refused in words, and the list is one click away', async () => {
    for (const cursor of ['forged', '%00', '-1', 'eyJhZnRlciI6OTk5OX0', '9'.repeat(300)]) {
      await go(`/audit?cursor=${encodeURIComponent(cursor)}`);
      const said = page.locator('main').getByRole('alert').first();
      await said.waitFor();
      assert.match(await said.innerText(), /cursor/i);
    }
    assert.deepEqual(browser.problems, []);
  });
});

describe('a button', () => {
  it('bad input 67: that is pressed twice acts once', async () => {
    const { items } = await api(server, 'GET', '/scenarios');
    const before = (await all(server, '/runs')).length;
    await go(`/scenarios/${items[0].id}/runs`);
    const button = page.getByRole('button', { name: /^(Import now|Run now|Run)$/ }).first();
    await button.evaluate((element) => {
      element.click();
      element.click();
    });
    await page.waitForURL(/\/runs\/rn_/);
    await endOfRun(server, new URL(page.url()).pathname.split('/').at(-1));
    assert.equal((await all(server, '/runs')).length, before + 1);
  });
});
