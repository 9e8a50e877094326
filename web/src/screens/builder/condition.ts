// Conditions of filters, made of choices: a field, how it is compared, a value; all of them, or any of them. What is
// written by hand and does not fit this form stays text.

export type Root = 'record' | 'item';

export type Operator =
  | 'is' | 'is-not' | 'contains' | 'begins' | 'ends' | 'more' | 'less' | 'at-least' | 'at-most' | 'one-of'
  | 'holds' | 'exists' | 'missing' | 'filled' | 'empty';

export type Literal = string | number | boolean | null;

export interface Clause {
  readonly root: Root;
  /** As it stands after the root: `status`, `title.rendered`, `meta["a.b"]`. */
  readonly path: string;
  readonly operator: Operator;
  readonly values: readonly Literal[];
}

export interface Choices {
  readonly join: 'all' | 'any';
  readonly clauses: readonly Clause[];
}

export const OPERATORS: readonly { value: Operator; label: string; takes: 'one' | 'many' | 'none' }[] = [
  { value: 'is', label: 'is', takes: 'one' },
  { value: 'is-not', label: 'is not', takes: 'one' },
  { value: 'one-of', label: 'is one of', takes: 'many' },
  { value: 'contains', label: 'contains the text', takes: 'one' },
  { value: 'begins', label: 'begins with', takes: 'one' },
  { value: 'ends', label: 'ends with', takes: 'one' },
  { value: 'holds', label: 'is a list that has', takes: 'one' },
  { value: 'more', label: 'is more than', takes: 'one' },
  { value: 'at-least', label: 'is at least', takes: 'one' },
  { value: 'less', label: 'is less than', takes: 'one' },
  { value: 'at-most', label: 'is at most', takes: 'one' },
  { value: 'filled', label: 'is not empty', takes: 'none' },
  { value: 'empty', label: 'is empty', takes: 'none' },
  { value: 'exists', label: 'exists', takes: 'none' },
  { value: 'missing', label: 'does not exist', takes: 'none' },
];

export function takes(operator: Operator): 'one' | 'many' | 'none' {
  return OPERATORS.find((one) => one.value === operator)?.takes ?? 'one';
}

/** The condition as the server reads it. */
export function write(choices: Choices): string {
  return choices.clauses.map(writeClause).join(choices.join === 'all' ? ' && ' : ' || ');
}

/** The choices behind a condition; `undefined` when it is more than choices can say. */
export function read(text: string): Choices | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return { join: 'all', clauses: [] };
  const parts = split(trimmed);
  if (!parts) return undefined;
  const clauses = parts.parts.map(readClause);
  return clauses.every((clause) => clause !== undefined) ? { join: parts.join, clauses } : undefined;
}

/** What a person typed: a number, yes or no, else a text. */
export function literalOf(text: string, sample?: unknown): Literal {
  const trimmed = text.trim();
  if (typeof sample === 'number' || sample === undefined) {
    if (/^-?\d+(\.\d+)?$/.test(trimmed) && trimmed.length < 16) return Number(trimmed);
  }
  if (typeof sample !== 'string' && (trimmed === 'true' || trimmed === 'false')) return trimmed === 'true';
  return text;
}

function writeClause({ root, path, operator, values }: Clause): string {
  const name = path === '' ? root : path.startsWith('[') ? `${root}${path}` : `${root}.${path}`;
  const value = literal(values[0] ?? '');
  switch (operator) {
    case 'is':
      return `${name} == ${value}`;
    case 'is-not':
      return `${name} != ${value}`;
    case 'contains':
      return `${name}.contains(${value})`;
    case 'begins':
      return `${name}.startsWith(${value})`;
    case 'ends':
      return `${name}.endsWith(${value})`;
    case 'more':
      return `${name} > ${value}`;
    case 'at-least':
      return `${name} >= ${value}`;
    case 'less':
      return `${name} < ${value}`;
    case 'at-most':
      return `${name} <= ${value}`;
    case 'one-of':
      return `${name} in [${values.map(literal).join(', ')}]`;
    case 'holds':
      return `${value} in ${name}`;
    case 'exists':
      return `has(${name})`;
    case 'missing':
      return `!has(${name})`;
    case 'filled':
      return `size(${name}) > 0`;
    case 'empty':
      return `size(${name}) == 0`;
  }
}

function literal(value: Literal): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

const NAME = String.raw`(record|item)((?:\.[A-Za-z_]\w*|\["[^"\\]*"\]|\[\d+\])+)`;
const VALUE = String.raw`("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|-?\d+(?:\.\d+)?|true|false|null)`;
const COMPARED: Readonly<Record<string, Operator>> = {
  '==': 'is', '!=': 'is-not', '>': 'more', '>=': 'at-least', '<': 'less', '<=': 'at-most',
};
const CALLED: Readonly<Record<string, Operator>> = { contains: 'contains', startsWith: 'begins', endsWith: 'ends' };

function readClause(text: string): Clause | undefined {
  const has = match(`(!?)has\\(${NAME}\\)`, text);
  if (has) return clause(has[2], has[3], has[1] === '!' ? 'missing' : 'exists', []);
  const size = match(`size\\(${NAME}\\) (> 0|== 0|!= 0)`, text);
  if (size) return clause(size[1], size[2], size[3] === '== 0' ? 'empty' : 'filled', []);
  const call = match(`${NAME}\\.(contains|startsWith|endsWith)\\(${VALUE}\\)`, text);
  if (call) return clause(call[1], call[2], CALLED[call[3] ?? ''], [call[4]]);
  const many = match(`${NAME} in \\[(${VALUE}(?:, ?${VALUE})*)\\]`, text);
  if (many) return clause(many[1], many[2], 'one-of', [...(many[3] ?? '').matchAll(new RegExp(VALUE, 'g'))].map((one) => one[1]));
  const holds = match(`${VALUE} in ${NAME}`, text);
  if (holds) return clause(holds[2], holds[3], 'holds', [holds[1]]);
  const compared = match(`${NAME} ?(==|!=|>=|<=|>|<) ?${VALUE}`, text);
  return compared ? clause(compared[1], compared[2], COMPARED[compared[3] ?? ''], [compared[4]]) : undefined;
}

function match(pattern: string, text: string): RegExpExecArray | null {
  return new RegExp(`^${pattern}$`).exec(text);
}

function clause(root: string | undefined, path: string | undefined, operator: Operator | undefined, values: (string | undefined)[]): Clause | undefined {
  if (!operator) return undefined;
  const read = values.map((value) => readLiteral(value ?? ''));
  if (read.some((value) => value === undefined)) return undefined;
  return { root: root as Root, path: (path ?? '').replace(/^\./, ''), operator, values: read as Literal[] };
}

function readLiteral(text: string): Literal | undefined {
  if (text.startsWith("'")) return text.includes('\\') ? undefined : text.slice(1, -1);
  try {
    return JSON.parse(text) as Literal;
  } catch {
    return undefined;
  }
}

/** Splits at one kind of join, outside of quotes and brackets; mixed joins are more than choices can say. */
function split(text: string): { join: Choices['join']; parts: string[] } | undefined {
  const parts: string[] = [];
  const joins = new Set<string>();
  let [start, depth, quote] = [0, 0, ''];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (quote !== '') {
      if (letter === '\\') at += 1;
      else if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'") quote = letter;
    else if ('([{'.includes(letter)) depth += 1;
    else if (')]}'.includes(letter)) depth -= 1;
    else if (depth === 0 && (text.startsWith('&&', at) || text.startsWith('||', at))) {
      joins.add(text.slice(at, at + 2));
      parts.push(text.slice(start, at).trim());
      start = at + 2;
      at += 1;
    }
  }
  parts.push(text.slice(start).trim());
  if (joins.size > 1 || quote !== '' || depth !== 0) return undefined;
  return { join: joins.has('||') ? 'any' : 'all', parts };
}
