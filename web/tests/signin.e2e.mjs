// The start address signs in, however slow the answers are. In a real browser against the real server.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { browser, server, startConsole, startEmpty } from './support/console.mjs';

const LATE_MS = 1_500;

startConsole({ start: startEmpty });

/** A page of somebody who is not signed in, and the answers about who is, in their order. */
async function stranger() {
  await browser.context.clearCookies();
  const page = await browser.context.newPage();
  page.setDefaultTimeout(15_000);
  const answers = [];
  page.on('response', (response) => {
    if (response.url().endsWith('/api/v1/session')) answers.push(`${response.request().method()} ${response.status()}`);
  });
  return { page, answers };
}

describe('the start address', () => {
  it('leads to the Overview although the answer about who is signed in comes late', async () => {
    const { page, answers } = await stranger();
    await page.route('**/api/v1/session', async (route) => {
      if (route.request().method() !== 'GET') return route.continue();
      // The server has answered already when somebody signs in; the answer is still on its way.
      const response = await route.fetch();
      await new Promise((resolve) => setTimeout(resolve, LATE_MS));
      return route.fulfill({ response });
    });
    await page.goto(`${server.ui}/ui/#token=${server.token}`);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    assert.equal(await page.getByLabel('Access key').count(), 0);
    assert.ok(!answers.includes('GET 401'), answers.join());
    await page.close();
  });

  it('does not wait for a network: the server may be on this very machine', async () => {
    const { page } = await stranger();
    await page.addInitScript(() => {
      Object.defineProperty(globalThis.navigator, 'onLine', { get: () => false });
      addEventListener('DOMContentLoaded', () => dispatchEvent(new Event('offline')));
    });
    await page.goto(`${server.ui}/ui/#token=${server.token}`);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.close();
  });
});

describe('Settings, Retention', () => {
  it('says what is kept, how long, and how that is changed', async () => {
    // A page of its own: in an open page the start address only changes the hash, and the console then loads itself anew.
    const { page } = await stranger();
    await page.goto(`${server.ui}/ui/#token=${server.token}`);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.goto(`${server.ui}/ui/settings/retention`);
    const row = page.getByRole('row').filter({ hasText: 'Webhooks as they came' });
    await row.getByText('30 days').waitFor();
    await row.getByText('PORTAL_KEEP_DELIVERIES=30d').waitFor();
    await page.getByRole('row').filter({ hasText: 'What records say' }).getByText('Until the person is erased').waitFor();
    assert.equal(await page.getByText('The log keeps everything').count(), 0);
    assert.deepEqual(browser.problems, []);
    await page.close();
  });
});
