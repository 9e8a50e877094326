// Records that were sent without an answer to a destination that cannot be asked: who sees them, and what follows from
// each decision. In a real browser against the real server, its sample site and a destination that loses an answer.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { afterwards, api, browser, endOfRun, go, openBrowser, overflow, page, server, startConsole, violations } from './support/console.mjs';
import { startReceiver } from './support/receiver.mjs';

const SECRET = `whsec_${Buffer.from('a signing key of this check only').toString('base64')}`;
let receiver;
let run;
let viewerToken;

startConsole({
  prepare: async () => {
    receiver = await startReceiver();
    afterwards(receiver.end);
    viewerToken = (await api(server, 'POST', '/tokens', { name: 'a viewer', role: 'viewer' })).token;
    const auth = { method: 'signed-plain', secret: SECRET };
    const remote = await api(server, 'POST', '/connections', { app: 'portal', name: 'Elsewhere', address: receiver.url, auth });
    const site = (await api(server, 'GET', '/connections')).items.find(({ app }) => app === 'wordpress');
    const mapping = (await api(server, 'GET', '/mappings')).items.find(({ resource }) => resource === 'users');
    const nodes = [
      { id: 'start', name: 'Start', kind: 'trigger', on: 'manual' },
      { id: 'fetch', name: 'Fetch', kind: 'fetch', connection: site.id, resource: 'users' },
      { id: 'map', name: 'Map', kind: 'map', mapping: { id: mapping.id } },
      { id: 'write', name: 'Write', kind: 'write', connection: remote.id, entity: 'user' },
    ];
    const edges = [['start', 'fetch'], ['fetch', 'map'], ['map', 'write']].map(([from, to]) => ({ from, to }));
    const { id: scenario } = await api(server, 'POST', '/scenarios', { name: 'Users elsewhere', graph: { nodes, edges } });
    const { position } = await api(server, 'POST', `/scenarios/${scenario}/publish`, {});
    await api(server, 'GET', `/scenarios/${scenario}?min_position=${position}`);
    receiver.written.length = 0;
    receiver.loses = 1;
    const started = await api(server, 'POST', `/scenarios/${scenario}/runs`, {});
    run = started.run;
    await endOfRun(server, run, started.position);
  },
});

async function waiting() {
  return (await api(server, 'GET', `/runs/${run}/undecided`)).items;
}

/** Confirms, and gives the run that carries the decision out, when it is over. */
async function confirmed(dialog, button) {
  await dialog.getByRole('button', { name: button, exact: true }).click();
  await page.waitForURL((url) => /\/ui\/runs\/rn_/.test(url.pathname) && !url.pathname.includes(run));
  return endOfRun(server, new URL(page.url()).pathname.split('/').at(-1));
}

describe('records of which nobody can tell whether they arrived', () => {
  it('are shown with what it means, each with what was sent', async () => {
    const items = await waiting();
    assert.equal(items.length, 20);
    assert.deepEqual(items.map(({ record }) => record).toSorted(), receiver.written.toSorted());
    await go(`/runs/${run}`);
    const card = page.getByRole('region', { name: '20 records wait for you' });
    await card.getByText('They were sent to Elsewhere, and no answer came.').waitFor();
    assert.equal(await card.getByRole('checkbox').count(), 20);
    await card.getByRole('link', { name: `users ${items[0].record}`, exact: true }).click();
    const panel = page.getByRole('complementary', { name: `Record ${items[0].item}` });
    await panel.getByRole('region', { name: 'Waits for you' }).getByText('It was sent to Elsewhere').waitFor();
    await panel.getByRole('tab', { name: 'Sent' }).click();
    await panel.getByText('This was sent; whether it arrived, nobody can tell.').waitFor();
    // The record stays in sight; the others come back with its end, and the focus is not lost.
    assert.equal(await card.count(), 0);
    await page.keyboard.press('Escape');
    await card.waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
  });

  it('are told apart from what failed: on the run, among the failures, and in the overview, with the way to the decision', async () => {
    const { count } = await api(server, 'POST', `/runs/${run}/retry`, { dry_run: true });
    await go(`/runs/${run}`);
    const retry = page.getByRole('button', { name: `Retry failed (${count})`, exact: true });
    await retry.waitFor();
    assert.equal(await retry.isEnabled(), count > 0);
    await go('/failures');
    const group = page.getByRole('listitem').filter({ hasText: '20 records wait for a decision' });
    assert.equal(await group.getByRole('button', { name: /^Retry/ }).count(), 0, 'a retry would send none of them');
    assert.deepEqual(await violations(page), []);
    await group.getByRole('link', { name: 'Decide about 20' }).click();
    await page.waitForURL((url) => url.pathname.endsWith(`/runs/${run}`));
    await page.getByRole('region', { name: '20 records wait for you' }).waitFor();
    await go('/');
    await page.getByRole('list', { name: 'Figures' }).getByRole('link', { name: /Open failures.*20 records wait for a decision/s }).waitFor();
    await page.getByText('20 records of Users elsewhere wait for your decision').waitFor();
    assert.deepEqual(await violations(page), []);
  });

  it('can be seen by a viewer, who reads why the decision is not his', async () => {
    const viewer = await openBrowser({ ...server, token: viewerToken });
    try {
      await viewer.page.goto(`${server.ui}/ui/runs/${run}`);
      const card = viewer.page.getByRole('region', { name: '20 records wait for you' });
      await card.getByRole('paragraph').filter({ hasText: 'Only operators may do this' }).waitFor();
      for (const name of ['All 20 are there', 'None is there: send all again', 'Give all 20 up']) {
        const button = card.getByRole('button', { name });
        assert.equal(await button.getAttribute('aria-disabled'), 'true');
        await button.click({ force: true });
      }
      assert.equal(await viewer.page.getByRole('dialog').count(), 0);
      assert.equal((await waiting()).length, 20);
    } finally {
      await viewer.close();
    }
  });

  for (const [theme, width] of [['light', 1440], ['dark', 320]]) {
    it(`have nothing that axe finds, ${theme} at ${width} px`, async () => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      const [{ item }] = await waiting();
      for (const path of [`/runs/${run}`, `/runs/${run}/records/${item}`]) {
        await go(path);
        await page.getByRole('button', { name: path.includes('records') ? 'It is there' : 'All 20 are there', exact: true }).waitFor();
        assert.deepEqual(await violations(page), []);
        assert.equal(await overflow(page), 0);
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/undecided-${theme}-${path.includes('records') ? 'record' : 'run'}.png`, fullPage: true });
      }
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.emulateMedia({ colorScheme: 'light' });
    });
  }

  it('are noted and not sent when they are there, with the id where it is known, by keyboard', async () => {
    const [{ item, record }] = await waiting();
    const before = receiver.written.length;
    await go(`/runs/${run}/records/${item}`);
    await page.getByRole('button', { name: 'It is there', exact: true }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: `Is users ${record} there?` });
    await dialog.waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === 'Cancel');
    // Leaving it decides nothing, and gives the focus back.
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await page.waitForFunction(() => document.activeElement?.textContent === 'It is there');
    assert.equal((await waiting()).length, 20);
    await page.keyboard.press('Enter');
    await dialog.getByLabel('Its id at Elsewhere, if you know it').fill(`remote-${record}`);
    const noted = await confirmed(dialog, 'It is there');
    assert.deepEqual([noted.kind, noted.retry_of, noted.counts.unchanged], ['retry', run, 1]);
    await page.getByRole('status').filter({ hasText: 'Noted: 1 record had arrived' }).waitFor();
    assert.equal(receiver.written.length, before, 'nothing was sent');
    await go(`/runs/${run}/records/${item}`);
    await page.getByText('Somebody has decided about this since').waitFor();
    await page.getByRole('button', { name: 'Close the record' }).click();
    await page.getByRole('region', { name: '19 records wait for you' }).waitFor();
  });

  it('are sent once more when they are not, those that were chosen and no other', async () => {
    const chosen = (await waiting()).slice(0, 2);
    const before = receiver.written.length;
    await go(`/runs/${run}`);
    for (const { record } of chosen) await page.getByRole('checkbox', { name: `Choose users ${record}`, exact: true }).check();
    await page.getByRole('button', { name: 'The 2 chosen are not there: send again' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send 2 records again?' });
    await dialog.getByText('If one of them is there after all, Elsewhere has it twice').waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === 'Cancel');
    const sent = await confirmed(dialog, 'Send again');
    assert.equal(sent.counts.created, 2);
    assert.deepEqual(receiver.written.slice(before).toSorted(), chosen.map(({ record }) => record).toSorted());
  });

  it('are given up after a word on what is lost: not sent, neither now nor by a later run, and not asked about again', async () => {
    const [{ item, record }] = await waiting();
    const before = receiver.written.length;
    await go(`/runs/${run}/records/${item}`);
    await page.getByRole('button', { name: 'Give it up', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: `Give users ${record} up?` });
    await dialog.getByText('No run and no retry sends this to Elsewhere until it changes at the source.').waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === 'Cancel');
    assert.deepEqual(await violations(page), []);
    // Leaving it decides nothing.
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    assert.equal((await waiting()).length, 17);
    await page.getByRole('button', { name: 'Give it up', exact: true }).click();
    const left = await confirmed(dialog, 'Give up');
    assert.equal(left.counts.skipped, 1);
    assert.ok(!(await waiting()).some((each) => each.item === item));
    const { scenario } = await api(server, 'GET', `/runs/${run}`);
    const again = await api(server, 'POST', `/scenarios/${scenario}/runs`, {});
    await endOfRun(server, again.run, again.position);
    assert.ok(!receiver.written.slice(before).includes(record), 'nothing of it was sent');
  });

  it('wait for nobody any more when all are decided', async () => {
    await go(`/runs/${run}`);
    await page.getByRole('button', { name: 'All 16 are there' }).click();
    const noted = await confirmed(page.getByRole('dialog', { name: 'Are these 16 records there?' }), 'They are there');
    assert.equal(noted.counts.unchanged, 16);
    assert.deepEqual(await waiting(), []);
    await go(`/runs/${run}`);
    await page.getByRole('table', { name: 'Records of the run' }).waitFor();
    assert.equal(await page.getByText('for you').count(), 0);
    assert.deepEqual(browser.problems, []);
  });
});
