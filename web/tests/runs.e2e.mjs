// Checks 16 to 18 of docs/console/acceptance.md: 200 records of which three are bad, a restart in the middle, and what is
// done about the three. The site is a process of its own, which outlives the server's. How to name them: see
// support/server.mjs and support/site.mjs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  afterwards, all, api, browser, endOfRun, go, importing, page, server, startAgain, startConsole, startEmpty, startSite, stop, until, violations,
} from './support/console.mjs';

const RECORDS = 200;
const BAD = ['17', '88', '163'];
let site;
let scenario;

const failedRows = () => page.getByRole('table', { name: 'Records of the run' }).getByRole('row').filter({ hasText: /users \d+/ });
const figure = (name) => page.locator('.run-figures > div').filter({ has: page.locator('dt', { hasText: name }) }).locator('dd');
const runOfPage = () => /\/runs\/(rn_[^/?]+)/.exec(page.url())[1];
const settledOf = ({ counts }) => counts.created + counts.updated + counts.unchanged + counts.skipped + counts.failed;

/** Notes every value that the bar of progress has, in the page, from now on. */
async function watchProgress() {
  await page.evaluate(() => {
    globalThis.progressSeen = [];
    const look = () => {
      const bar = document.querySelector('[role="progressbar"]');
      const now = bar?.getAttribute('aria-valuenow');
      if (now !== null && now !== undefined && globalThis.progressSeen.at(-1) !== Number(now)) globalThis.progressSeen.push(Number(now));
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-valuenow'] });
    look();
  });
}

/** The three failed rows, each with its field and what is wrong with it. */
async function showsTheBad() {
  await until(async () => (await failedRows().count()) === BAD.length, 'the failed rows');
  for (const id of BAD) {
    const row = failedRows().filter({ hasText: new RegExp(`users ${id}(?!\\d)`) });
    await row.getByText('Failed', { exact: true }).waitFor();
    await row.locator('code').filter({ hasText: 'email' }).waitFor();
    await row.getByText('NOT_AN_EMAIL').waitFor();
    assert.match(await row.innerText(), /e-mail address|address/);
  }
}

startConsole({
  start: startEmpty,
  prepare: async () => {
    site = await startSite({ users: RECORDS, posts: 3 });
    afterwards(() => site.end());
    for (const id of BAD) await site.tell(`user ${id} email person${id}(at)example.org`);
    ({ scenario } = await importing(server, site, 'import-users'));
  },
});

describe('a run of 200 records, three of them bad', () => {
  it('16: is tried, grows before one’s eyes, opens on the three, and writes nothing', async () => {
    await site.tell('pages 20');
    await site.tell('slow 300');
    await go(`/scenarios/${scenario}/builder`);
    await page.getByRole('status').filter({ hasText: 'No problems, ready to publish' }).waitFor();
    await page.getByRole('button', { name: 'Test run' }).click();
    await page.getByRole('radio', { name: /^Everything/ }).check();
    await page.getByRole('dialog').getByRole('button', { name: 'Test run' }).click();
    await page.getByRole('link', { name: 'Open run' }).click();
    await page.getByRole('progressbar', { name: 'Progress' }).waitFor();
    await watchProgress();
    await page.getByRole('status').getByText('Partly failed').waitFor({ timeout: 60_000 });
    await site.tell('heal');
    const seen = await page.evaluate(() => globalThis.progressSeen);
    assert.deepEqual(seen, seen.toSorted((a, b) => a - b), 'it never goes back');
    assert.ok(seen.filter((value) => value > 0 && value < 100).length >= 2, `it grows in steps: ${seen.join(' ')}`);
    assert.equal(seen.at(-1), 100);
    assert.deepEqual([await figure('Read').innerText(), await figure('Would be created').innerText(), await figure('Failed').innerText()], ['200', '197', '3']);
    await showsTheBad();
    assert.deepEqual(await violations(page), []);
    const run = await api(server, 'GET', `/runs/${runOfPage()}`);
    assert.deepEqual([run.mode, run.counts.created, run.counts.failed], ['dry-run', RECORDS - 3, 3]);
    assert.deepEqual(await all(server, '/portal/users'), [], 'nothing was written');
  });

  it('17: goes on when the server is started again in the middle, and counts every record once', async () => {
    await site.tell('pages 20');
    await site.tell('slow 600');
    const { run, position } = await api(server, 'POST', `/scenarios/${scenario}/runs`, {});
    await api(server, 'GET', `/runs/${run}?min_position=${position}`);
    const streams = [];
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.pathname === '/api/v1/stream') streams.push(request.allHeaders().then((headers) => headers['last-event-id'] ?? url.searchParams.get('after')));
    });
    await go(`/runs/${run}?outcome=all`);
    await page.getByRole('progressbar', { name: 'Progress' }).waitFor();
    await watchProgress();
    await until(async () => settledOf(await api(server, 'GET', `/runs/${run}`)) >= 40, 'a part of the run');
    await page.waitForFunction(() => globalThis.progressSeen.some((value) => value > 0));
    const before = streams.length;
    await stop(server);
    await page.getByText(/^Not connected\. Showing the state of/).waitFor();
    await page.getByRole('progressbar', { name: 'Progress' }).waitFor();
    await startAgain(server);
    const half = await api(server, 'GET', `/runs/${run}`);
    assert.ok(settledOf(half) < RECORDS, 'it was stopped in the middle');
    await page.getByText(/^Not connected\. Showing the state of/).waitFor({ state: 'detached', timeout: 40_000 });
    await page.getByRole('status').getByText('Partly failed').waitFor({ timeout: 90_000 });
    await site.tell('heal');
    const again = await Promise.all(streams.slice(before));
    assert.ok(again.length > 0 && again.every((id) => /^\d+/.test(id ?? '')), `the stream goes on after what was heard: ${again.join(', ')}`);

    await until(async () => (await figure('Created').innerText()) === '197', 'the final counts');
    assert.deepEqual([await figure('Read').innerText(), await figure('Failed').innerText()], ['200', '3']);
    const ended = await endOfRun(server, run);
    assert.deepEqual([ended.counts.read, ended.counts.created, ended.counts.failed, settledOf(ended)], [RECORDS, RECORDS - 3, 3, RECORDS]);
    const items = await all(server, `/runs/${run}/items`);
    assert.deepEqual([items.length, new Set(items.map(({ record }) => record)).size], [RECORDS, RECORDS]);
    const people = await all(server, '/portal/users');
    assert.deepEqual([people.length, new Set(people.map(({ id }) => id)).size], [RECORDS - 3, RECORDS - 3]);
    // And no row stands in the page twice.
    await page.reload();
    await page.getByRole('table', { name: 'Records of the run' }).waitFor();
    const shown = await page.getByRole('table', { name: 'Records of the run' }).getByRole('link', { name: /^users / }).allInnerTexts();
    assert.ok(shown.length >= 50);
    assert.equal(new Set(shown).size, shown.length);
  });

  it('18: is put right by the mapping, and retries the three alone', async () => {
    const [old] = (await api(server, 'GET', '/runs?phase=partly-failed')).items.filter(({ mode }) => mode === 'apply');
    const before = new Map((await all(server, '/portal/users')).map((person) => [person.id, person]));
    const [failure] = (await api(server, 'GET', '/failures?state=open')).items;
    assert.equal(failure.count, 3);

    await go('/failures');
    await page.getByRole('button', { name: 'Fix mapping' }).click();
    await page.waitForURL(/\/ui\/mappings\/mp_/);
    const row = page.locator('#field-email');
    await row.getByText('NOT_AN_EMAIL').waitFor();
    await row.getByRole('button', { name: /^Convert E-mail/ }).click();
    const editor = page.getByRole('dialog', { name: 'Convert E-mail' });
    await editor.getByRole('button', { name: 'Add a conversion' }).click();
    await page.getByRole('menuitem', { name: /^Replace text/ }).click();
    await editor.getByLabel('Text to replace').fill('(at)');
    await editor.getByLabel('With', { exact: true }).fill('@');
    await editor.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('status').filter({ hasText: 'This record would be saved' }).waitFor();
    await page.getByRole('button', { name: /^Save revision/ }).click();
    await page.getByText(/Saved as revision 2/).waitFor();
    await api(server, 'POST', `/scenarios/${scenario}/publish`, { note: 'addresses with (at)' });

    await go(`/runs/${old.id}`);
    await page.getByRole('button', { name: 'Retry failed (3)' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Retry 3 records' }).click();
    await page.waitForURL((url) => /\/runs\/rn_/.test(url.pathname) && !url.pathname.includes(old.id));
    await page.getByRole('link', { name: `Retry of ${old.id}` }).waitFor();
    await page.getByRole('status').getByText('Succeeded').waitFor({ timeout: 30_000 });
    assert.equal(await figure('Created').innerText(), '3');
    const retried = await endOfRun(server, runOfPage());
    assert.deepEqual([retried.retry_of, retried.counts.created, settledOf(retried)], [old.id, 3, 3]);

    const after = await all(server, '/portal/users');
    assert.equal(after.length, RECORDS);
    const untouched = after.filter(({ id }) => before.has(id));
    assert.equal(untouched.length, RECORDS - 3);
    assert.deepEqual(untouched, untouched.map(({ id }) => before.get(id)), 'the others are as they were');
    const mended = after.filter(({ id }) => !before.has(id)).map(({ fields }) => fields.email).toSorted();
    assert.deepEqual(mended, BAD.map((id) => `person${id}@example.org`).toSorted());

    await until(async () => (await api(server, 'GET', `/failures/${failure.id}`)).state === 'resolved', 'the resolved failure');
    await go(`/failures/${failure.id}`);
    await page.getByRole('radio', { name: 'Resolved' }).and(page.locator(':checked')).waitFor({ state: 'attached' });
    await page.locator(`[id="${failure.id}"]`).getByText('Resolved', { exact: true }).waitFor();
  });

  it('had no error and asked nothing of another host', () => {
    assert.deepEqual(browser.problems, []);
  });
});
