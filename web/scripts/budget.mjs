// Compares the sizes in dist with budget.json and ends with 1 when one is over. First load is what index.html names,
// with everything those files import statically, and the chunk of the Overview.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const budget = JSON.parse(readFileSync(new URL('../budget.json', import.meta.url), 'utf8'));
const ASSETS = join(DIST, 'assets');
const SCREENS = /^(App|Connection|AddConnection|Scenario|Version|Mapping|Run|Failures|Record|Audit|Settings|SignIn|CommandPalette|Overlays)/;
const names = readdirSync(ASSETS);
const gzip = (name) => gzipSync(readFileSync(join(ASSETS, name)), { level: 9 }).length / 1024;

function withImports(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  if (!name.endsWith('.js')) return seen;
  const text = readFileSync(join(ASSETS, name), 'utf8');
  for (const [, file] of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) withImports(file, seen);
  return seen;
}

const html = readFileSync(join(DIST, 'index.html'), 'utf8');
const first = new Set();
for (const [, file] of html.matchAll(/assets\/([^"']+)["']/g)) withImports(file, first);
for (const name of names.filter((name) => name.startsWith('Overview-'))) withImports(name, first);

const sum = (list) => list.reduce((total, name) => total + gzip(name), 0);
const raw = (folder) =>
  readdirSync(folder, { withFileTypes: true }).reduce((total, entry) => {
    const path = join(folder, entry.name);
    return total + (entry.isDirectory() ? raw(path) : statSync(path).size);
  }, 0);

const rest = names.filter((name) => name.endsWith('.js') && !first.has(name));
const builder = rest.filter((name) => name.startsWith('Builder-'));
// Its own chunk is what only it loads: parts that other screens load, too, such as dialogs, are counted by themselves.
const reached = new Set(builder.flatMap((name) => [...withImports(name)]).filter((name) => !first.has(name)));
const screens = rest.filter((name) => SCREENS.test(name));
const shared = new Set(screens.flatMap((name) => [...withImports(name)]));
const own = new Set([...reached].filter((name) => !shared.has(name)));
const others = rest.filter((name) => !own.has(name)).map((name) => [name, gzip(name)]);
const largest = others.toSorted((a, b) => b[1] - a[1])[0] ?? ['none', 0];

const rows = [
  ['first-load-js-gzip-kb', sum([...first].filter((name) => name.endsWith('.js')))],
  ['first-load-css-gzip-kb', sum([...first].filter((name) => name.endsWith('.css')))],
  ['builder-chunk-gzip-kb', sum([...own].filter((name) => name.endsWith('.js')))],
  ['other-chunk-gzip-kb', largest[1], largest[0]],
  ['dist-raw-kb', raw(DIST) / 1024],
];
let over = false;
for (const [name, value, note] of rows) {
  const bad = value > budget[name];
  over ||= bad;
  process.stdout.write(`${bad ? 'OVER' : 'ok  '} ${name}: ${value.toFixed(1)} of ${budget[name]}${note ? ` (${note})` : ''}\n`);
}
process.exit(over ? 1 : 0);
