// Writes a picture of every screen, light and dark, to docs/console: of the real server with the data of the demo. The
// places are those of tests/support/places.mjs. How to name the server and the browser: see tests/support.
//
//   npm run pictures               all of them
//   npm run pictures -- mapping    those whose name begins so
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { api, endOfRun, until } from '../tests/support/api.mjs';
import { openBrowser } from '../tests/support/browser.mjs';
import { settled } from '../tests/support/look.mjs';
import { idsOf, placesOf } from '../tests/support/places.mjs';
import { end, startDemo } from '../tests/support/server.mjs';

const FOLDER = fileURLToPath(new URL('../../docs/console', import.meta.url));
const SIZE = { width: 1440, height: 900 };
const wanted = process.argv[2] ?? '';

async function runOf(server, scenario, note) {
  await api(server, 'POST', `/scenarios/${scenario}/publish`, { note });
  const { run, position } = await api(server, 'POST', `/scenarios/${scenario}/runs`, {});
  await endOfRun(server, run, position);
}

/** What makes the pictures worth looking at: the whole site, a record that has changed, and a message from the site. */
async function furnish(server) {
  const site = (await api(server, 'GET', '/connections')).items.find(({ app }) => app === 'wordpress');
  const whole = await api(server, 'POST', '/scenarios', { template: 'import-site', connection: site.id });
  const [mapping] = (await api(server, 'GET', '/mappings')).items.filter(({ resource }) => resource === 'posts');
  await runOf(server, whole.id, 'Everything, once');
  const { definition } = await api(server, 'GET', `/mappings/${mapping.id}`);
  definition.fields.find(({ to }) => to === 'excerpt').default = 'Read the whole story on our site.';
  await api(server, 'POST', `/mappings/${mapping.id}/revisions`, { definition, expected: mapping.revision });
  const posts = (await api(server, 'GET', '/scenarios')).items.find(({ name }) => /posts/i.test(name));
  await runOf(server, posts.id, 'An excerpt for stories that have none');
  await api(server, 'POST', `/connections/${site.id}/webhooks`, { mode: { kind: 'standard-webhooks' } });
  await api(server, 'POST', `/connections/${site.id}/webhooks/test`, {});
  await until(async () => (await api(server, 'GET', `/connections/${site.id}/webhooks/deliveries`)).items.length > 0, 'the message');
}

/** What a place needs done before it shows what it is for. */
const SCENES = {
  'add-connection': async (page, { address }) => {
    await page.getByLabel('Address of the site').fill(address);
    await page.getByRole('button', { name: 'Find site' }).click();
    await page.getByRole('button', { name: /^Authorise on/ }).waitFor();
  },
  builder: async (page) => {
    await page.locator('.react-flow__node[aria-label^="Map fields"]').last().click();
    await page.getByRole('button', { name: 'Test run' }).waitFor();
  },
};

async function picture(browser, server, { address, picture: name }, site) {
  const { page } = browser;
  await page.goto(`${server.ui}/ui${address}`);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await settled(browser, name);
  await SCENES[name]?.(page, site);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
    await page.mouse.move(1, 1);
    await settled(browser, name);
    await page.screenshot({ path: join(FOLDER, `${name}-${colorScheme}.png`) });
  }
}

mkdirSync(FOLDER, { recursive: true });
const server = await startDemo();
try {
  const before = await idsOf(server);
  await furnish(server);
  const places = placesOf(before).filter(({ picture: name }) => name?.startsWith(wanted));
  const browser = await openBrowser(server, { viewport: SIZE });
  try {
    const site = (await api(server, 'GET', '/connections')).items.find(({ app }) => app === 'wordpress');
    for (const place of places) await picture(browser, server, place, site);
    if (browser.problems.length > 0) throw new Error(browser.problems.join('\n'));
  } finally {
    await browser.close();
  }
} finally {
  await end(server);
}
