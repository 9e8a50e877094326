// The checks in a real browser: every file of tests/, or those that are named, one after the other, and never longer
// than LIMIT_MINUTES together. How to name the server and the browser: see tests/support/server.mjs.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LIMIT_MINUTES = 12;
const ONE_FILE_MS = 240_000;
const folder = fileURLToPath(new URL('../tests/', import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.e2e.mjs') && (wanted.length === 0 || wanted.some((word) => name.includes(word))))
  .toSorted();
if (files.length === 0) throw new Error(`no file of ${folder} is named ${wanted.join(' or ')}`);

const args = ['--test', '--test-concurrency=1', `--test-timeout=${ONE_FILE_MS}`, ...files.map((name) => folder + name)];
// A group of its own: what the checks started ends with them.
const child = spawn(process.execPath, args, { stdio: 'inherit', detached: true });
const endAll = () => {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
};
const late = setTimeout(() => {
  process.stderr.write(`the checks took longer than ${LIMIT_MINUTES} minutes and were ended\n`);
  endAll();
}, LIMIT_MINUTES * 60_000);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    endAll();
    process.exit(1);
  });
}
child.on('exit', (code) => {
  clearTimeout(late);
  process.exitCode = code ?? 1;
});
