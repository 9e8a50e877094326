// "If empty, use": a value, or a field in braces.

import { type FieldRule, type TargetType, fallbackOf } from './definition';

export function fallbackText(rule: FieldRule | undefined): string {
  const fallback = rule && fallbackOf(rule);
  if (!fallback) return '';
  if ('path' in fallback) return `{${fallback.path}}`;
  const { constant } = fallback;
  if (constant === null || constant === undefined) return '';
  if (typeof constant === 'boolean') return constant ? 'yes' : 'no';
  return typeof constant === 'string' ? constant : JSON.stringify(constant);
}

/** The default that a text means for a field of a type; `undefined` for none. */
export function fallbackFrom(text: string, type: TargetType): FieldRule['default'] | undefined {
  if (text === '') return undefined;
  const path = /^\{([^{}]+)\}$/.exec(text.trim())?.[1];
  if (path !== undefined) return { path: path.trim() };
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
  if (type === 'boolean') {
    if (['yes', 'true', '1'].includes(text.trim().toLowerCase())) return true;
    return ['no', 'false', '0'].includes(text.trim().toLowerCase()) ? false : text;
  }
  if (type === 'list') return text.split(',').map((entry) => entry.trim());
  return text;
}
