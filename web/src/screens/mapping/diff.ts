// What two revisions of a mapping do differently, in words.

import { canonical } from '../builder/graph';
import { chainWords, checkWords } from './conversions';
import { type Definition, type FieldRule, type TargetField, fallbackOf, isConstant, isPath, isTemplate, labelOf } from './definition';

export function compare(before: Definition, now: Definition, targets: readonly TargetField[] = []): string[] {
  const names = [...new Set([...now.fields, ...before.fields].map((field) => field.to))];
  return names.flatMap((name) => {
    const rule = (definition: Definition) => definition.fields.find((field) => field.to === name);
    const [old, next] = [rule(before), rule(now)];
    const target = targets.find((one) => one.name === name);
    const label = target?.label ?? labelOf(name);
    if (!old && next) return [`${label} now comes from ${sourceWords(next)}.`];
    if (old && !next) return [`${label} is no longer filled.`];
    return old && next ? changes(label, old, next, target) : [];
  });
}

export function sourceWords(rule: FieldRule): string {
  const { from } = rule;
  if (isPath(from)) return from.path.split('|').join(' or ');
  if (isTemplate(from)) return `the template ${from.template}`;
  return `the constant ${JSON.stringify(isConstant(from) ? from.constant : null)}`;
}

function changes(label: string, old: FieldRule, next: FieldRule, target: TargetField | undefined): string[] {
  const differs = (key: keyof FieldRule) => canonical(old[key]) !== canonical(next[key]);
  const words: string[] = [];
  if (differs('from')) words.push(`${label} comes from ${sourceWords(next)} instead of ${sourceWords(old)}.`);
  if (differs('convert')) words.push(`${label} is converted: ${chainWords(next.convert)} (was: ${chainWords(old.convert)}).`);
  if (differs('default')) words.push(`${label}, if empty: ${defaultWords(next)} (was: ${defaultWords(old)}).`);
  if (differs('rules')) {
    const check = (rule: FieldRule) => (target ? checkWords(rule, target) : (rule.rules ?? []).map((one) => one.kind).join(', ') || 'no check');
    words.push(`${label} is checked: ${check(next)} (was: ${check(old)}).`);
  }
  for (const key of ['otherwise', 'reference', 'empty'] as const) {
    if (differs(key)) words.push(`${label}: ${OTHER[key]} changed.`);
  }
  return words;
}

const OTHER = { otherwise: 'what happens when a conversion fails', reference: 'what it links to', empty: 'what counts as empty' };

function defaultWords(rule: FieldRule): string {
  const fallback = fallbackOf(rule);
  if (!fallback) return 'nothing';
  return 'path' in fallback ? fallback.path : JSON.stringify(fallback.constant);
}
