// Writes src/api/schema.ts from the committed OpenAPI document: one type for every schema, and one entry in `Paths` for
// every operation. `--check` only compares and ends with 1 when the file is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../schemas/http/openapi.json', import.meta.url));
const TARGET = fileURLToPath(new URL('../src/api/schema.ts', import.meta.url));
const METHODS = ['get', 'post', 'put', 'delete', 'patch'];

const document = JSON.parse(readFileSync(SOURCE, 'utf8'));
const safe = (name) => name.replaceAll(/[^A-Za-z0-9_]/g, '_');
const key = (name) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : JSON.stringify(name));

function typeOf(schema, indent) {
  if (schema === undefined || schema === true) return 'unknown';
  if (schema.$ref) return safe(schema.$ref.split('/').at(-1));
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  for (const [word, glue] of [['oneOf', ' | '], ['anyOf', ' | '], ['allOf', ' & ']]) {
    if (schema[word]) {
      const parts = schema[word].map((part) => typeOf(part, indent));
      return parts.length > 1 ? `(${[...new Set(parts)].join(glue)})` : parts[0];
    }
  }
  if (Array.isArray(schema.type)) {
    const parts = schema.type.map((type) => typeOf({ ...schema, type }, indent));
    return `(${[...new Set(parts)].join(' | ')})`;
  }
  switch (schema.type) {
    case 'string': return 'string';
    case 'integer':
    case 'number': return 'number';
    case 'boolean': return 'boolean';
    case 'null': return 'null';
    case 'array': return `Array<${typeOf(schema.items, indent)}>`;
    default: return objectOf(schema, indent);
  }
}

function objectOf(schema, indent) {
  if (!schema.properties) {
    if (schema.additionalProperties && schema.additionalProperties !== true) {
      return `Record<string, ${typeOf(schema.additionalProperties, indent)}>`;
    }
    return schema.type === 'object' ? 'Record<string, unknown>' : 'unknown';
  }
  const required = new Set(schema.required ?? []);
  const lines = Object.entries(schema.properties).map(([name, property]) => {
    const text = property.description ? `${indent}  /** ${property.description.replaceAll('*/', '* /')} */\n` : '';
    return `${text}${indent}  ${key(name)}${required.has(name) ? '' : '?'}: ${typeOf(property, `${indent}  `)};`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function operation(path, method, op, shared) {
  const parameters = [...shared, ...(op.parameters ?? [])];
  const group = (place) => {
    const list = parameters.filter((parameter) => parameter.in === place);
    if (list.length === 0) return 'Record<never, never>';
    const fields = list.map((p) => `${key(p.name)}${p.required ? '' : '?'}: ${typeOf(p.schema, '    ')}`);
    return `{ ${fields.join('; ')} }`;
  };
  const json = (content) => content?.['application/json']?.schema;
  const body = json(op.requestBody?.content);
  const success = Object.entries(op.responses).find(([status]) => status.startsWith('2'));
  const answer = json(success?.[1].content);
  return [
    `  '${method.toUpperCase()} ${path}': {`,
    `    path: ${group('path')};`,
    `    query: ${group('query')};`,
    `    body: ${body ? typeOf(body, '    ') : 'undefined'};`,
    `    ok: ${answer ? typeOf(answer, '    ') : 'undefined'};`,
    '  };',
  ].join('\n');
}

function generate() {
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => {
    const about = schema.description ? `/** ${schema.description.replaceAll('*/', '* /')} */\n` : '';
    return `${about}export type ${safe(name)} = ${typeOf(schema, '')};\n`;
  });
  const waiting = [];
  const needs = [];
  const paths = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => {
      const op = item[method];
      if ((op.parameters ?? []).some((parameter) => parameter.name === 'min_position')) {
        waiting.push(`  '${method.toUpperCase()} ${path}',`);
      }
      const role = op['x-role'];
      if (method !== 'get' && role && role !== 'none') needs.push(`  '${method.toUpperCase()} ${path}': '${role}',`);
      return operation(path, method, op, item.parameters ?? []);
    }),
  );
  return [
    '// Written by scripts/types.mjs from schemas/http/openapi.json. Do not edit: `npm run types`.\n',
    ...schemas,
    '/** Every operation, by method and path. */',
    `export interface Paths {\n${paths.join('\n')}\n}\n`,
    '/** Reads that can wait for a position. */',
    `export const WAITING_READS: ReadonlySet<string> = new Set([\n${waiting.join('\n')}\n]);\n`,
    '/** The role that each command needs. */',
    `export const NEEDS = {\n${needs.join('\n')}\n} as const;\n`,
  ].join('\n');
}

const wanted = generate();
if (process.argv.includes('--check')) {
  let found = '';
  try {
    found = readFileSync(TARGET, 'utf8');
  } catch {
    // Missing is stale.
  }
  if (found !== wanted) {
    process.stderr.write('src/api/schema.ts is older than schemas/http/openapi.json: run `npm run types`\n');
    process.exit(1);
  }
} else {
  writeFileSync(TARGET, wanted);
}
