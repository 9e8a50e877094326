// What is tested runs in processes of its own.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const START_MS = 60_000;

/** Where cargo put it, release before debug, unless it is named. */
export function executable(name, named) {
  if (named && !existsSync(named)) throw new Error(`${named} is named, and is not there`);
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');
  const found = [named, join(target, 'release', name), join(target, 'debug', name)].find((path) => path && existsSync(path));
  if (!found) throw new Error(`${name} is not below ${target}: build it (see tests/console)`);
  return found;
}

/** Everything a process said until it said that it is ready. */
export function follow(child, ready, what) {
  return new Promise((resolve, reject) => {
    let text = '';
    const late = setTimeout(() => reject(new Error(`${what} did not start:\n${text}`)), START_MS);
    const heard = (chunk) => {
      text += chunk;
      if (!ready.test(text)) return;
      clearTimeout(late);
      resolve(text);
    };
    child.stdout.on('data', heard);
    child.stderr?.on('data', heard);
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`${what} ended with ${code}:\n${text}`));
    });
  });
}

export async function ended(child, end) {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  end();
  await gone;
}
