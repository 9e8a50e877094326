// Tables of lookups as lines of text: `publish = published`. Texts that look like something else stand in quotes.

const JSON_LIKE = /^(true|false|null|-?\d+(\.\d+)?|".*"|\[.*\]|\{.*\})$/;

export function linesOf(table: unknown): string {
  const entries = Object.entries((table as Record<string, unknown> | null | undefined) ?? {});
  return entries.map(([from, to]) => `${from} = ${shown(to)}`).join('\n');
}

/** `onlyTexts`: every value is a text, whatever it looks like. */
export function tableOf(lines: string, onlyTexts: boolean): Record<string, unknown> {
  const table: Record<string, unknown> = {};
  for (const line of lines.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) table[line.slice(0, at).trim()] = onlyTexts ? line.slice(at + 1).trim() : read(line.slice(at + 1).trim());
  }
  return table;
}

function shown(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return JSON_LIKE.test(value) ? JSON.stringify(value) : value;
}

function read(text: string): unknown {
  if (!JSON_LIKE.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
