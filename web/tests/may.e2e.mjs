// What may not be done now stays where it is and says why: for a role, and while nothing answers. In a real browser
// against the real server. How to name the server: see support/server.mjs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { api, openBrowser, overflow, server, startAgain, startConsole, stop, violations } from './support/console.mjs';

const WAIT_MS = 15_000;
let scenario;
let connection;
let failedRun;
const tokens = {};

startConsole({
  withBrowser: false,
  prepare: async () => {
    for (const role of ['viewer', 'operator']) {
      tokens[role] = (await api(server, 'POST', '/tokens', { name: `a ${role}`, role })).token;
    }
    scenario = (await api(server, 'GET', '/scenarios')).items[0];
    connection = (await api(server, 'GET', '/connections')).items.find(({ app }) => app === 'wordpress');
    failedRun = (await api(server, 'GET', '/runs?phase=partly-failed')).items[0];
  },
});

/** A browser of somebody with this role, who counts what the server refused. */
async function as(role, options) {
  const opened = await openBrowser({ ...server, token: tokens[role] }, options);
  const refused = [];
  opened.page.on('response', (response) => {
    if (response.status() === 403) refused.push(`${response.request().method()} ${new URL(response.url()).pathname}`);
  });
  return { ...opened, refused, go: (path) => opened.page.goto(`${server.ui}/ui${path}`) };
}

async function whyOf(button) {
  assert.equal(await button.getAttribute('aria-disabled'), 'true');
  return button.evaluate((element) =>
    (element.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' '),
  );
}

describe('what a role may not do', () => {
  it('is shown to a viewer with the reason, by mouse and keyboard, and nothing is sent', async () => {
    const viewer = await as('viewer');
    const { page } = viewer;
    try {
      await viewer.go(`/scenarios/${scenario.id}/runs`);
      const run = page.getByRole('button', { name: 'Import now' });
      await run.waitFor();
      assert.match(await whyOf(run), /Only operators may do this; your access key is a viewer’s/);
      await run.click({ force: true });
      await page.getByRole('tooltip').filter({ hasText: 'Only operators may do this' }).waitFor();
      await run.press('Enter');
      assert.match(page.url(), /\/scenarios\/.*\/runs$/);

      await viewer.go(`/connections/${connection.id}/access`);
      assert.match(await whyOf(page.getByRole('button', { name: /^Authorise on/ })), /Only administrators/);
      await page.getByLabel('WordPress user name').fill('portal');
      await page.getByLabel('Application password').fill('aaaa bbbb cccc dddd eeee ffff');
      await page.getByLabel('Application password').press('Enter');
      await page.getByRole('button', { name: 'More actions' }).click();
      const remove = page.getByRole('menuitem', { name: /^Delete/ });
      assert.match(await remove.innerText(), /Only administrators may do this/);
      await remove.click({ force: true });
      assert.equal(await page.getByRole('dialog').count(), 0);
      await page.keyboard.press('Escape');

      await viewer.go(`/runs/${failedRun.id}`);
      await whyOf(page.getByRole('button', { name: /^Retry failed/ }));
      await viewer.go('/failures');
      await whyOf(page.getByRole('button', { name: 'Retry' }).first());
      await viewer.go('/scenarios');
      await whyOf(page.getByRole('button', { name: 'New scenario' }).first());
      const toggle = page.getByRole('switch').first();
      await toggle.waitFor();
      const before = await toggle.isChecked();
      await toggle.click({ force: true });
      assert.equal(await page.getByRole('dialog').count(), 0);
      assert.equal(await toggle.isChecked(), before);
      assert.deepEqual(viewer.refused, []);
    } finally {
      await viewer.close();
    }
  });

  it('lets an operator run and not publish', async () => {
    const operator = await as('operator');
    const { page } = operator;
    try {
      await operator.go(`/scenarios/${scenario.id}/builder`);
      assert.match(await whyOf(page.getByRole('button', { name: 'Publish' })), /your access key is an operator’s/);
      await page.getByRole('button', { name: 'Test run' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Test run' }).click();
      await page.getByText(/^Test run ended/).waitFor({ timeout: 30_000 });
      assert.deepEqual(operator.refused, []);
    } finally {
      await operator.close();
    }
  });

  for (const [theme, width] of [['light', 1440], ['dark', 320]]) {
    it(`has nothing that axe finds, ${theme} at ${width} px`, async () => {
      const viewer = await as('viewer', { colorScheme: theme, viewport: { width, height: 900 } });
      const { page } = viewer;
      try {
        for (const path of ['/', '/scenarios', `/scenarios/${scenario.id}/runs`, `/scenarios/${scenario.id}/builder`, `/connections/${connection.id}/webhooks`, '/failures']) {
          await viewer.go(path);
          await page.locator('[aria-disabled=true]').first().waitFor();
          assert.deepEqual(await violations(page), [], path);
          assert.equal(await overflow(page), 0, path);
        }
        await viewer.go(`/connections/${connection.id}/status`);
        await page.getByRole('button', { name: 'More actions' }).click();
        await page.getByRole('menuitem', { name: /^Delete/ }).waitFor();
      } finally {
        await viewer.close();
      }
    });
  }
});

describe('while nothing answers', () => {
  it('what would write says so, what is there stays readable, and all of it comes back', async () => {
    tokens.administrator = server.token;
    const { page, go, close } = await as('administrator');
    try {
      await go(`/scenarios/${scenario.id}/runs`);
      const run = page.getByRole('button', { name: 'Import now' });
      await run.waitFor();
      assert.equal(await run.getAttribute('aria-disabled'), null);
      await stop(server);
      await page.getByText(/Not connected\. Showing the state of/).waitFor({ timeout: WAIT_MS });
      assert.match(await whyOf(run), /Not connected: nothing can be changed/);
      await run.click({ force: true });
      await page.getByRole('tooltip').filter({ hasText: 'Not connected' }).waitFor();
      assert.match(page.url(), /\/scenarios\/.*\/runs$/);
      assert.ok(await page.getByRole('table').isVisible());
      await startAgain(server);
      await page.getByText(/Not connected\. Showing the state of/).waitFor({ state: 'detached', timeout: 30_000 });
      assert.equal(await run.getAttribute('aria-disabled'), null);
    } finally {
      await close();
    }
  });
});
