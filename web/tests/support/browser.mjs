// A real browser. CHROMIUM is its executable; /usr/bin/chromium when absent.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--no-first-run', '--disable-extensions',
  '--disable-background-networking', '--disable-sync', '--mute-audio',
];

/**
 * A signed-in browser in a fresh profile. `problems` collects what the console should never say, `lines` everything it
 * said, and `refused` the addresses that were answered with an error or not at all. `pending` tells which questions to
 * the API are not answered yet.
 */
export async function openBrowser(server, options = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'portal-profile-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    viewport: { width: 1440, height: 900 },
    args: FLAGS,
    ...options,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(15_000);
  const heard = listen(page, server.ui);
  const close = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  };
  try {
    await signIn(page, server);
  } catch (error) {
    const shown = await page.locator('body').innerText().catch(() => '');
    await close();
    throw new Error(`the console did not open: ${error.message}\n${shown}\n${heard.problems.join('\n')}`, { cause: error });
  }
  return { page, context, close, ...heard };
}

async function signIn(page, server) {
  await page.goto(`${server.ui}/ui/#token=${server.token}`);
  await page.locator('.shell-header').waitFor();
  await page.getByRole('heading', { level: 1 }).first().waitFor();
}

/** A question that was refused is said in the page; the browser's own line about it is kept apart. */
const REFUSED = /^Failed to load resource/;

function listen(page, console) {
  const [problems, lines, refused, open] = [[], [], [], new Set()];
  page.on('pageerror', (error) => problems.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    lines.push(text);
    if (REFUSED.test(text)) refused.push(new URL(message.location().url || 'about:blank').pathname);
    // What a site's own pages say is the site's.
    else if (page.url().startsWith(console) && (message.type() === 'error' || text.includes('Content Security Policy'))) problems.push(text);
  });
  page.on('request', (request) => {
    const { hostname, protocol, pathname } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') problems.push(`request to ${hostname}`);
    if (pathname.startsWith('/api/') && !pathname.endsWith('/stream')) open.add(request);
  });
  for (const over of ['requestfinished', 'requestfailed']) page.on(over, (request) => open.delete(request));
  page.on('framenavigated', (frame) => frame === page.mainFrame() && open.clear());
  return { problems, lines, refused, pending: () => [...open].map((request) => new URL(request.url()).pathname) };
}
