// The server under test. PORTAL_BIN is its executable; when absent, CARGO_TARGET_DIR's or target's, release before debug.
// PORTAL_DIST is a build of the console to use instead of the one that the executable carries.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';

import { ended, executable, follow } from './processes.mjs';

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

/** The same data at the same address. The sample site of a demo ends with it; a site of its own process stays. */
export async function startAgain(server) {
  const listen = new URL(server.address).host;
  const args = ['serve', '--data', join(server.data, 'store'), '--listen', listen, '--egress-allow', '127.0.0.0/8'];
  await run(server, args, /listening|Listening|http:\/\//);
}

export async function stop(server) {
  await ended(server.child, () => server.child.kill('SIGTERM'));
}

export async function end(server) {
  server.proxy?.close();
  server.proxy?.closeAllConnections();
  await stop(server);
  rmSync(server.data, { recursive: true, force: true });
}

async function run(server, args, ready) {
  server.child = spawn(executable('portal-integrations', process.env.PORTAL_BIN), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  return follow(server.child, ready, 'the server');
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
