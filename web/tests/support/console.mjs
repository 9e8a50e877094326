// What every check of the console needs: the real server, a real browser that is signed in, and their end. A file of
// checks says `startConsole()` once; `server`, `browser` and `page` are there when its first check begins.
import { after, before } from 'node:test';

import { openBrowser } from './browser.mjs';
import { end, startDemo } from './server.mjs';

export { all, api, endOfRun, until } from './api.mjs';
export { openBrowser } from './browser.mjs';
export { atRest, overflow, settled, violations } from './look.mjs';
export { end, startAgain, startDemo, startEmpty, stop } from './server.mjs';
export { importing, startSite } from './site.mjs';

export let server;
export let browser;
export let page;
const ending = [];

/** What ends after the last check, last begun first. */
export function afterwards(act) {
  ending.push(act);
}

/** `start` brings the server up, with the sample site when it is not named; `prepare` does what else the checks need. */
export function startConsole({ start = startDemo, withBrowser = true, prepare } = {}) {
  before(async () => {
    server = await start();
    afterwards(() => end(server));
    if (withBrowser) {
      browser = await openBrowser(server);
      afterwards(() => browser.close());
      page = browser.page;
    }
    await prepare?.();
  });
  after(async () => {
    for (const act of ending.toReversed()) await act();
  });
}

/** Opens a page of the console. */
export async function go(path) {
  await page.goto(`${server.ui}/ui${path}`);
}
