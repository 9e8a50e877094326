// What the checks of the builder and of the mapping share: the real server with its sample site, and a real browser.
//
// PORTAL_BIN is the server's executable; when absent, CARGO_TARGET_DIR's or target's, release before debug. CHROMIUM is
// the browser; /usr/bin/chromium when absent. PORTAL_DIST is a build of the console to use instead of the one that the
// executable carries.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FLAGS = [
  '--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--no-first-run', '--disable-extensions',
  '--disable-background-networking', '--disable-sync', '--mute-audio',
];
const START_MS = 60_000;

function binary() {
  const named = process.env.PORTAL_BIN;
  if (named && !existsSync(named)) throw new Error(`PORTAL_BIN names ${named}, which is not there`);
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');
  const found = [named, join(target, 'release/portal-integrations'), join(target, 'debug/portal-integrations')]
    .find((path) => path && existsSync(path));
  if (!found) throw new Error('no server to test: build it, or name it in PORTAL_BIN');
  return found;
}

/** The demo: a server with a sample site, a connection, two scenarios and two mappings. Its data stay until `end`. */
export async function startDemo() {
  const data = mkdtempSync(join(tmpdir(), 'portal-e2e-'));
  const server = { data, child: undefined, address: '', token: '', ui: '', proxy: undefined };
  const printed = await run(server, ['demo', '--keep', join(data, 'store'), '--listen', '127.0.0.1:0'], /Ctrl-C ends it/);
  server.address = /Look around: (http:\/\/\S+)/.exec(printed)[1];
  server.token = /Token .*: (pit_\S+)/.exec(printed)[1];
  if (process.env.PORTAL_DIST) server.proxy = await serveDist(server, process.env.PORTAL_DIST);
  server.ui = server.proxy ? `http://127.0.0.1:${server.proxy.address().port}` : server.address;
  return server;
}

/** A server that nothing was done with yet. */
export async function startEmpty() {
  const data = mkdtempSync(join(tmpdir(), 'portal-e2e-'));
  const server = { data, child: undefined, address: '', token: '', ui: '', proxy: undefined };
  const tokenFile = join(data, 'token');
  const args = ['serve', '--data', join(data, 'store'), '--listen', '127.0.0.1:0', '--egress-allow', '127.0.0.0/8', '--print-token-file', tokenFile];
  const printed = await run(server, args, /listening on http:\/\/\S+/);
  server.address = /listening on (http:\/\/\S+)/.exec(printed)[1];
  server.token = readFileSync(tokenFile, 'utf8').trim();
  server.ui = server.address;
  return server;
}

/** The same data at the same address, without the sample site. */
export async function startAgain(server) {
  const listen = new URL(server.address).host;
  const args = ['serve', '--data', join(server.data, 'store'), '--listen', listen, '--egress-allow', '127.0.0.0/8'];
  await run(server, args, /listening|Listening|http:\/\//);
}

export async function stop(server) {
  const { child } = server;
  if (!child || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

export async function end(server) {
  server.proxy?.close();
  server.proxy?.closeAllConnections();
  await stop(server);
  rmSync(server.data, { recursive: true, force: true });
}

function run(server, args, ready) {
  return new Promise((resolve, reject) => {
    const child = spawn(binary(), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    server.child = child;
    let text = '';
    const late = setTimeout(() => reject(new Error(`the server did not start:\n${text}`)), START_MS);
    const heard = (chunk) => {
      text += chunk;
      if (!ready.test(text)) return;
      clearTimeout(late);
      resolve(text);
    };
    child.stdout.on('data', heard);
    child.stderr.on('data', heard);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${text}`)));
  });
}

const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.svg': 'image/svg+xml', '.json': 'application/json' };

function serveDist(server, dist) {
  const proxy = createServer((incoming, outgoing) => {
    const { pathname } = new URL(incoming.url, 'http://x');
    if (pathname.startsWith('/ui')) {
      const file = join(dist, pathname.slice(4));
      const there = pathname.length > 4 && existsSync(file) ? file : join(dist, 'index.html');
      outgoing.writeHead(200, { 'content-type': TYPES[extname(there)] ?? 'application/octet-stream' });
      outgoing.end(readFileSync(there));
      return;
    }
    const target = new URL(server.address);
    const headers = { ...incoming.headers, host: target.host };
    if (headers.origin) headers.origin = server.address;
    if (headers.referer) headers.referer = `${server.address}/ui/`;
    const asked = httpRequest({ host: target.hostname, port: target.port, path: incoming.url, method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    // The server is away: so is the console's.
    asked.on('error', () => outgoing.destroy());
    outgoing.on('close', () => asked.destroy());
    incoming.pipe(asked);
  });
  return new Promise((resolve) => proxy.listen(0, '127.0.0.1', () => resolve(proxy)));
}

/** A signed-in browser in a fresh profile. `problems` collects what the console should never say. */
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
  const problems = [];
  page.on('pageerror', (error) => problems.push(`page error: ${error.message}`));
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') problems.push(`request to ${hostname}`);
  });
  try {
    await page.goto(`${server.ui}/ui/#token=${server.token}`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    const inside = page.locator('.shell-header');
    await inside.or(page.getByLabel('Access key')).first().waitFor();
    if (!(await inside.isVisible())) {
      await page.getByLabel('Access key').fill(server.token);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await inside.waitFor();
    }
  } catch (error) {
    const shown = await page.locator('body').innerText().catch(() => '');
    await context.close();
    rmSync(profile, { recursive: true, force: true });
    throw new Error(`the console did not open: ${error.message}\n${shown}\n${problems.join('\n')}`, { cause: error });
  }
  return {
    page,
    problems,
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** A call of the API by its access token. */
export async function api(server, method, path, body) {
  const response = await fetch(`${server.address}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

export async function until(ask, what, patience = 15_000) {
  const from = Date.now();
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() - from > patience) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * The graph stands still: it is fitted into its frame a moment after a step came or went, and what was measured before
 * is somewhere else after. Counted in the page, so that a slow machine waits longer.
 */
export async function atRest(page) {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const shown = () => document.querySelector('.react-flow__viewport')?.style.transform;
    let [last, since, frames] = [shown(), performance.now(), 0];
    while (frames < 20 || performance.now() - since < 400) {
      await frame();
      if (shown() === last) frames += 1;
      else [last, since, frames] = [shown(), performance.now(), 0];
    }
  });
}

/** axe over the screen as it is, without the frame around it; answers its violations in words. */
export async function violations(page) {
  const source = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
  // A tooltip is drawn outside of every landmark; it is not what is looked at here.
  await page.mouse.move(1, 1);
  await page.getByRole('tooltip').waitFor({ state: 'hidden' });
  // A menu that was used fades away; half gone it is neither open nor closed.
  await until(async () => (await page.locator('.mantine-Menu-dropdown:visible').count()) === 0, 'closed menus');
  await page.evaluate(source);
  return page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations: found } = await globalThis.axe.run({ exclude: ['.shell-header', '.shell-nav'] }, { runOnly: { type: 'tag', values: tags } });
    return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).slice(0, 3).join(' | ')}`);
  });
}
