// A WordPress site in a process of its own, which outlives a restart of the server: the model that the Rust tests use.
// Built by `cargo build -p wordpress-model --example site`; SITE_BIN names it when it is elsewhere.
import { spawn } from 'node:child_process';

import { api } from './api.mjs';
import { ended, executable, follow } from './processes.mjs';

/** `tell` does what apps/wordpress/model/examples/site.rs understands. */
export async function startSite({ users = 20, posts = 20 } = {}) {
  const child = spawn(executable('examples/site', process.env.SITE_BIN), [String(users), String(posts)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { url, account, secret } = JSON.parse((await follow(child, /\n/, 'the site')).split('\n')[0]);
  const tell = async (line) => {
    const heard = new Promise((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk).trim())));
    child.stdin.write(`${line}\n`);
    const answer = await heard;
    if (answer !== 'ok') throw new Error(`${line}: ${answer}`);
  };
  return { url, account, secret, tell, end: () => ended(child, () => child.stdin.end()) };
}

/** Connects a site, and publishes a scenario of this template. */
export async function importing(server, site, template) {
  const auth = { method: 'app-password', account: site.account, secret: site.secret };
  const made = await api(server, 'POST', '/connections', { app: 'wordpress', address: site.url, auth, require_healthy: true });
  const { id: scenario } = await api(server, 'POST', '/scenarios', { template, connection: made.id });
  const { position } = await api(server, 'POST', `/scenarios/${scenario}/publish`, {});
  await api(server, 'GET', `/scenarios/${scenario}?min_position=${position}`);
  return { connection: made.id, scenario };
}
