// Every page in light and dark, wide and narrow: no violation that axe finds, no sideways scrolling, no error, no
// report of the content security policy. How to name the server: see builder-support.mjs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';

import { api, end, openBrowser, startDemo } from './builder-support.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const LCP_MS = 1_500;
const SETTLED_MS = 350;
let server;
let browser;
let page;
let routes;

before(async () => {
  server = await startDemo();
  browser = await openBrowser(server);
  page = browser.page;
  // The policy forbids scripts from elsewhere: the tool is put in beside it.
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) browser.problems.push(message.text());
    else if (message.type() === 'error' && !message.text().includes('404')) browser.problems.push(message.text());
  });
  const first = async (path, fits = () => true) => (await api(server, 'GET', path)).items.find(fits);
  const connection = await first('/connections', ({ app }) => app === 'wordpress');
  const scenario = await first('/scenarios');
  const mapping = await first('/mappings');
  const run = await first('/runs?phase=partly-failed');
  const item = await first(`/runs/${run.id}/items?outcome=failed`);
  const record = await first('/portal');
  const kind = { user: 'users', post: 'posts' }[record.entity] ?? 'posts';
  routes = [
    '/', '/apps', '/apps/wordpress', '/connections', '/connections/new?app=wordpress',
    ...['status', 'data', 'access', 'webhooks', 'history'].map((tab) => `/connections/${connection.id}/${tab}`),
    '/scenarios', '/scenarios?panel=new', `/scenarios/${scenario.id}/builder`, `/scenarios/${scenario.id}/versions`,
    `/scenarios/${scenario.id}/runs`, '/mappings', `/mappings/${mapping.id}`, '/runs', '/runs?status=cancelled',
    `/runs/${run.id}`, `/runs/${run.id}?tab=log`, `/runs/${run.id}?tab=groups`, `/runs/${run.id}/records/${item.id}`,
    '/failures', '/records', `/records/${kind}/${record.id}`, `/records/${kind}/${record.id}?tab=history`,
    `/records/${kind}/${record.id}?tab=events`, '/records/users/po_nothing', '/audit', '/settings/access-keys',
    '/settings/webhook-secrets', '/settings/retention', '/settings/appearance', '/settings/about', '/nothing-here',
  ];
});

after(async () => {
  await browser?.close();
  if (server) await end(server);
});

async function visit(path) {
  await page.goto(`${server.ui}/ui${path}`);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForLoadState('load');
  await page.waitForTimeout(SETTLED_MS);
}

async function violations() {
  await page.evaluate(AXE);
  const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }), TAGS);
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')} ${failureSummary}`));
}

describe('every page', () => {
  for (const width of [1440, 320]) {
    it(`is accessible in light and dark and fits, ${width} pixels wide`, async () => {
      await page.setViewportSize({ width, height: 900 });
      const bad = [];
      for (const path of routes) {
        await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
        await visit(path);
        for (const text of await violations()) bad.push(`${path}, light: ${text}`);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (over > 0) bad.push(`${path}: ${over} pixels too wide`);
        // The console follows the system's scheme as it changes.
        await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
        await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
        for (const text of await violations()) bad.push(`${path}, dark: ${text}`);
      }
      assert.deepEqual(bad, []);
    });
  }

  it('shows the Overview soon', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await visit('/');
    const at = await page.evaluate(
      () =>
        new Promise((resolve) => {
          new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime)).observe({ type: 'largest-contentful-paint', buffered: true });
        }),
    );
    assert.ok(at <= LCP_MS, `the largest part was painted after ${at} ms`);
  });

  it('had no error, and asked nothing of another host', () => {
    assert.deepEqual(browser.problems, []);
  });
});
