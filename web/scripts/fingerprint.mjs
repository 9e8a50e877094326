// Says which sources dist was built from, so that a test without Node can tell when dist is stale.
//
// The algorithm, exactly:
//   1. Files: everything below src/ and public/ (recursively), and index.html, package.json, package-lock.json,
//      vite.config.ts, and tsconfig*.json in this directory. Files whose name ends with .test.ts or .test.tsx are left
//      out: they are not part of what is built.
//   2. Their paths relative to this directory, with '/' between parts, sorted by their UTF-8 bytes.
//   3. SHA-256 over, for each file in that order: the path's UTF-8 bytes, one zero byte, the content's length in bytes
//      as decimal ASCII digits, one zero byte, the content's bytes.
//   4. dist/fingerprint.json is {"algorithm":"sha256","sources":"<64 lower-case hex digits>","files":<count>} and a
//      newline.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SINGLE = ['index.html', 'package.json', 'package-lock.json', 'vite.config.ts'];

function below(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? below(path) : [path];
  });
}

function sources() {
  const tsconfigs = readdirSync(ROOT).filter((name) => /^tsconfig.*\.json$/.test(name));
  const single = [...SINGLE, ...tsconfigs].map((name) => join(ROOT, name)).filter((path) => statSync(path).isFile());
  const all = [...below(join(ROOT, 'src')), ...below(join(ROOT, 'public')), ...single];
  return all
    .map((path) => relative(ROOT, path).split(sep).join('/'))
    .filter((path) => !/\.test\.tsx?$/.test(path))
    .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function fingerprint() {
  const hash = createHash('sha256');
  const paths = sources();
  for (const path of paths) {
    const content = readFileSync(join(ROOT, path));
    hash.update(path).update('\0').update(String(content.length)).update('\0').update(content);
  }
  return `${JSON.stringify({ algorithm: 'sha256', sources: hash.digest('hex'), files: paths.length })}\n`;
}

const target = join(ROOT, 'dist', 'fingerprint.json');
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== fingerprint()) {
    process.stderr.write('web/dist is older than its sources: run `npm run build` in web/ and commit dist\n');
    process.exit(1);
  }
} else {
  writeFileSync(target, fingerprint());
}
