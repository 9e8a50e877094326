// A run that would change much waits for a person: who sees it, what it shows, and what follows from the decision. In a
// real browser against the real server with its sample site.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { api, browser, go, openBrowser, page, server, startConsole, until, violations } from './support/console.mjs';

let imported;
const tokens = {};

async function phaseOf(run, phase) {
  return until(async () => {
    const now = await api(server, 'GET', `/runs/${run}`).catch(() => undefined);
    return now?.phase === phase ? now : undefined;
  }, `the run to be ${phase}`);
}

/** A run that would take back the whole first import. */
async function waitingRun() {
  const { run } = await api(server, 'POST', `/runs/${imported.id}/undo`, { mode: 'apply' });
  await phaseOf(run, 'awaiting-approval');
  return run;
}

function figure(name) {
  return page.getByLabel('What would happen').locator('div', { hasText: name }).locator('dd');
}

startConsole({
  prepare: async () => {
    tokens.viewer = (await api(server, 'POST', '/tokens', { name: 'a viewer', role: 'viewer' })).token;
    const runs = (await api(server, 'GET', '/runs')).items.filter(({ mode }) => mode === 'apply');
    imported = runs.toSorted((a, b) => b.counts.created - a.counts.created)[0];
    assert.ok(imported.counts.created > 50, 'the sample is large enough to need approval');
  },
});

describe('a run that waits for a person', () => {
  it('is in the Overview, in the navigation, and in the list of runs by its status', async () => {
    const run = await waitingRun();
    await go('/');
    const attention = page.getByRole('region', { name: 'Needs attention' }).getByRole('listitem').filter({ hasText: 'waits for your approval' });
    await attention.getByText(`Of ${imported.counts.created} records it would take back ${imported.counts.created}.`).waitFor();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /Runs\s*1 waiting for approval/ }).waitFor();
    await attention.getByRole('link', { name: 'Look and decide' }).click();
    await page.waitForURL(new RegExp(`/ui/runs/${run}$`));
    await go('/runs');
    await page.getByLabel('Status').selectOption({ label: 'Waits for approval' });
    await page.getByRole('link', { name: `awaiting-approval: run ${run}` }).waitFor();
    await until(async () => (await page.getByRole('row').count()) === 2, 'nothing but the run that waits');
    await page.getByText('undo', { exact: true }).waitFor();
  });

  it('says what waits and why, and lists every record that it would change, page by page', async () => {
    const [{ id: run }] = (await api(server, 'GET', '/runs?phase=awaiting-approval')).items;
    await go(`/runs/${run}`);
    await page.getByRole('heading', { name: 'This run waits for you' }).waitFor();
    await page.getByText(`It would take back ${imported.counts.created} records, of ${imported.counts.created} that it looked at. Nothing was written yet.`).waitFor();
    await page.getByText('More than 50 changes that are also more than 2.0 % of the records').waitFor();
    assert.equal(await figure('Would be taken back').innerText(), String(imported.counts.created));
    assert.equal(await page.getByRole('button', { name: 'Cancel' }).count(), 0);
    await page.getByRole('button', { name: 'Show every record' }).click();
    const table = page.getByRole('table', { name: 'Records of the run' });
    await table.waitFor();
    assert.equal(await table.getByText('Taken back').count(), 50);
    await page.getByRole('button', { name: 'Next' }).click();
    await until(async () => (await table.getByText('Taken back').count()) === imported.counts.created - 50, 'the second page');
    // Where it was looked at stays in the address.
    await page.reload();
    await table.waitFor();
    assert.equal((await api(server, 'GET', `/runs/${run}`)).phase, 'awaiting-approval');
  });

  it('shows a viewer the same, and refuses the decision with the reason', async () => {
    const [{ id: run }] = (await api(server, 'GET', '/runs?phase=awaiting-approval')).items;
    const viewer = await openBrowser({ ...server, token: tokens.viewer });
    try {
      await viewer.page.goto(`${server.ui}/ui/runs/${run}`);
      for (const name of ['Approve', 'Reject', 'Show every record']) {
        const button = viewer.page.getByRole('button', { name });
        await button.waitFor();
        assert.equal(await button.getAttribute('aria-disabled'), 'true');
      }
      await viewer.page.getByRole('button', { name: 'Approve' }).click({ force: true });
      await viewer.page.getByRole('tooltip').filter({ hasText: 'Only operators may do this' }).waitFor();
      assert.equal(await viewer.page.getByRole('dialog').count(), 0);
    } finally {
      await viewer.close();
    }
  });

  for (const [theme, width] of [['light', 1440], ['dark', 320]]) {
    it(`has nothing that axe finds, ${theme} at ${width} px`, async () => {
      const [{ id: run }] = (await api(server, 'GET', '/runs?phase=awaiting-approval')).items;
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await go(`/runs/${run}`);
      await page.getByRole('button', { name: 'Approve' }).waitFor();
      assert.deepEqual(await violations(page), []);
      const { scroll, client } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth }));
      assert.equal(scroll, client);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/approve-${theme}.png` });
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.emulateMedia({ colorScheme: 'light' });
    });
  }

  it('ends without a change when it is rejected', async () => {
    const [{ id: run }] = (await api(server, 'GET', '/runs?phase=awaiting-approval')).items;
    await go(`/runs/${run}`);
    await page.getByRole('button', { name: 'Reject' }).click();
    const dialog = page.getByRole('dialog', { name: 'Reject this run?' });
    await dialog.getByText('It has written nothing, and will not.').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Cancel');
    await dialog.getByRole('button', { name: 'Reject' }).click();
    await page.getByText('Rejected. Nothing was written.').waitFor();
    await phaseOf(run, 'cancelled');
    assert.equal((await api(server, 'GET', `/runs/${run}/changes`)).counts.removed ?? 0, 0);
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Runs', exact: true }).waitFor();
  });
});

describe('what a run wrote', () => {
  it('is taken back after a preview, a confirmation and, being much, an approval', async () => {
    const many = imported.counts.created;
    await go(`/runs/${imported.id}`);
    await page.getByRole('button', { name: 'Undo' }).click();
    const dialog = page.getByRole('dialog', { name: 'Take back what this run wrote?' });
    await dialog.getByText('gets its values from before').waitFor();
    await until(async () => (await figure('Would be taken back').innerText().catch(() => '')) === String(many), 'the preview');
    await dialog.getByRole('button', { name: `Take back ${many} records` }).click();
    await page.waitForURL((url) => /\/ui\/runs\/rn_/.test(url.pathname) && !url.pathname.endsWith(imported.id));
    const run = new URL(page.url()).pathname.split('/').at(-1);
    await page.getByRole('button', { name: 'Approve' }).click();
    const approve = page.getByRole('dialog', { name: 'Approve this run?' });
    await approve.getByText(`It begins at once and will take back ${many} records in Portal.`).waitFor();
    await approve.getByRole('button', { name: 'Approve and write' }).click();
    await page.getByText('Approved. The run goes on.').waitFor();
    const done = await phaseOf(run, 'succeeded');
    assert.deepEqual([done.kind, done.undo_of, done.counts.removed], ['undo', imported.id, many]);
    await page.getByRole('link', { name: `Undo of ${imported.id}` }).waitFor();
    await until(async () => (await page.locator('.run-figures').innerText()).includes('Taken back'), 'the figure of what was taken back');
    // A second time there is nothing left.
    await go(`/runs/${imported.id}`);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Nothing of it is left to take back.').waitFor();
    assert.equal(await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).isDisabled(), true);
    assert.deepEqual(browser.problems, []);
  });
});
