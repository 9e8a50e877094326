// Bad input 70 and 77: what somebody puts into an address or a search field is text to look for, or is refused in words.
// How to name the server: see support/server.mjs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { browser, go, page, startConsole } from './support/console.mjs';

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
