// Check 20 of docs/console/acceptance.md: every place in light and dark, wide and narrow: no violation that axe finds, no
// sideways scrolling, no error, no report of the content security policy. How to name the server: see support/server.mjs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { browser, go, overflow, page, server, settled, startConsole, violations } from './support/console.mjs';
import { idsOf, placesOf } from './support/places.mjs';

const LCP_MS = 1_500;
/** What is not there, and is asked for: the page says so, and the browser notes the answer. */
const MISSING = ['/records/users/po_nothing', '/failures/fl_nothing', '/runs/rn_nothing', '/connections/cn_nothing/status'];
let ids;
let addresses;

startConsole({
  prepare: async () => {
    ids = await idsOf(server);
    addresses = [...placesOf(ids).map(({ address }) => address), '/nothing-here', ...MISSING];
  },
});

async function look(address, colorScheme) {
  // The console follows the system's scheme as it changes.
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
  await settled(browser, address);
  const found = (await violations(page)).map((text) => `${address}, ${colorScheme}: ${text}`);
  const over = await overflow(page);
  return over > 0 ? [...found, `${address}, ${colorScheme}: ${over} pixels too wide`] : found;
}

describe('every page', () => {
  for (const width of [1440, 320]) {
    it(`20: is accessible in light and dark and fits, ${width} pixels wide`, async () => {
      await page.setViewportSize({ width, height: 900 });
      const bad = [];
      for (const address of addresses) {
        await go(address);
        await page.getByRole('heading', { level: 1 }).first().waitFor();
        bad.push(...(await look(address, 'light')), ...(await look(address, 'dark')));
      }
      assert.deepEqual(bad, []);
    });
  }

  it('20: says that an address is not known', async () => {
    await go('/nothing-here');
    await page.getByRole('heading', { level: 1, name: 'Page not found' }).waitFor();
  });

  it('20: shows the Overview soon', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await go('/');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await settled(browser);
    const at = await page.evaluate(
      () =>
        new Promise((resolve) => {
          new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime)).observe({ type: 'largest-contentful-paint', buffered: true });
        }),
    );
    assert.ok(at <= LCP_MS, `the largest part was painted after ${at} ms`);
  });

  it('20: had no error and asked nothing of another host; only what is missing was not found', () => {
    assert.deepEqual(browser.problems, []);
    // A connection without an address for messages says so.
    const usual = `/api/v1/connections/${ids.connection}/webhooks`;
    assert.deepEqual([...new Set(browser.refused)].filter((path) => !path.includes('_nothing') && path !== usual), []);
    assert.ok(browser.refused.length >= MISSING.length, 'what is missing was asked for');
  });
});
