// Checks the colour tokens in both themes: text at 4.5:1 or better on what it stands on, marks and borders of controls
// at 3:1 or better (WCAG 1.4.3 and 1.4.11). Ends with 1 when one is lower.
import { readFileSync } from 'node:fs';

const css = readFileSync(new URL('../src/styles/tokens.css', import.meta.url), 'utf8');
const themes = { light: /'light'\] \{([^}]*)\}/, dark: /'dark'\] \{([^}]*)\}/ };
const GROUNDS = ['bg', 'surface', 'raised', 'sunken', 'hover'];
const TONES = ['ok', 'warn', 'err', 'info', 'idle'];
const KINDS = ['trigger', 'fetch', 'logic', 'map', 'write'];
const pairs = [
  ...GROUNDS.flatMap((ground) => ['text', 'muted', 'accent'].map((ink) => [ink, ground, 4.5])),
  ...GROUNDS.flatMap((ground) => ['err-text', 'warn-text', 'ok-text'].map((ink) => [ink, ground, 4.5])),
  ['on-accent', 'accent-solid', 4.5],
  ['on-accent', 'accent-solid-hover', 4.5],
  ['on-accent', 'err-solid', 4.5],
  ['accent', 'accent-soft', 4.5],
  ...TONES.map((tone) => [`${tone}-text`, `${tone}-bg`, 4.5]),
  ...TONES.flatMap((tone) => [[`${tone}-mark`, 'surface', 3], [`${tone}-mark`, 'bg', 3]]),
  ...KINDS.map((kind) => [`kind-${kind}`, 'surface', 4.5]),
  ...['surface', 'bg', 'raised'].flatMap((ground) => [['control', ground, 3], ['focus', ground, 3]]),
];

const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => channel(Number.parseInt(hex.slice(at, at + 2), 16) / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function ratio(a, b) {
  const [low, high] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

let low = 0;
for (const [theme, pattern] of Object.entries(themes)) {
  const block = css.match(pattern)?.[1] ?? '';
  const tokens = Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]));
  for (const [ink, ground, least] of pairs) {
    const value = tokens[ink] && tokens[ground] ? ratio(tokens[ink], tokens[ground]) : 0;
    if (value < least) {
      low += 1;
      process.stderr.write(`${theme}: ${ink} on ${ground} is ${value.toFixed(2)}, wanted ${least}\n`);
    }
  }
}
process.stdout.write(`${pairs.length * 2} pairs, ${low} too low\n`);
process.exit(low === 0 ? 0 : 1);
