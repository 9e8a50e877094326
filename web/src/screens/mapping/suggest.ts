// Map by name: fills rows that are empty, never others, from the ready-made mapping of the same records first and from
// names that mean the same second.

import { fitting, fitsAsIs } from './conversions';
import { type Definition, type FieldRule, type TargetField, pathsOf, put } from './definition';
import { type SourceField, choices, valueAt } from './tree';

export interface Suggested {
  readonly definition: Definition;
  /** The Portal fields that were filled. */
  readonly filled: readonly string[];
}

/** Names that mean the same, in the order of preference. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  title: ['title.raw', 'title.rendered', 'title', 'name'],
  name: ['name', 'display_name', 'title.rendered', 'slug'],
  content: ['content.raw', 'content.rendered', 'content'],
  excerpt: ['excerpt.raw', 'excerpt.rendered', 'excerpt'],
  url: ['link', 'url', 'guid.rendered'],
  profile_url: ['link'],
  website: ['url', 'website'],
  email: ['email', 'user_email', 'author_email'],
  bio: ['description', 'bio'],
  username: ['username', 'user_login', 'slug'],
  role: ['roles', 'role'],
  author_name: ['author_name'],
  author_email: ['author_email'],
  author_url: ['author_url'],
  published_at: ['date_gmt', 'date', 'published_at'],
  created_at: ['date_gmt', 'date', 'created_at'],
  uploaded_at: ['date_gmt', 'date'],
  modified_at: ['modified_gmt', 'modified', 'updated_at'],
  registered_at: ['registered_date', 'registered', 'user_registered'],
  featured_image: ['featured_media'],
  avatar_url: ['avatar_urls["96"]', 'avatar_urls["48"]'],
  file_url: ['source_url'],
  order: ['menu_order'],
  alt_text: ['alt_text'],
  attached_to: ['post'],
};

const REFERENCES: Readonly<Record<string, string>> = {
  author: 'users', categories: 'categories', tags: 'tags', featured_image: 'media', post: 'posts', attached_to: 'posts',
};

export function mapByName(
  definition: Definition,
  targets: readonly TargetField[],
  record: unknown,
  tree: readonly SourceField[],
  readyMade: Definition | undefined,
  zone: string,
): Suggested {
  const taken = new Set(definition.fields.map((field) => field.to));
  let next = definition;
  const filled: string[] = [];
  for (const target of targets) {
    if (taken.has(target.name)) continue;
    const rule = fromReadyMade(readyMade, target, record) ?? byName(target, tree, record, zone);
    if (!rule) continue;
    next = put(next, rule);
    filled.push(target.name);
  }
  return { definition: next, filled };
}

/** A rule for a field from one source field: with the conversion that fits, and with what was set before. */
export function ruleFrom(path: string, value: SourceField | undefined, target: TargetField, before: FieldRule | undefined, zone: string): FieldRule {
  const type = value?.type ?? 'empty';
  const isReference = target.type === 'reference' || (target.type === 'list' && before?.reference !== undefined);
  const kept = before?.convert !== undefined && fitsAsIs(type, target.type) ? before.convert : undefined;
  const convert = isReference ? before?.convert : (kept ?? fitting(type, target, zone));
  return {
    ...(before ?? { to: target.name }),
    to: target.name,
    from: { path },
    convert: convert ?? [],
    ...(target.type === 'reference' ? { reference: before?.reference ?? { resource: resourceFor(target.name, path) } } : {}),
  };
}

function resourceFor(target: string, path: string): string {
  return REFERENCES[target] ?? REFERENCES[path] ?? 'posts';
}

function fromReadyMade(readyMade: Definition | undefined, target: TargetField, record: unknown): FieldRule | undefined {
  const rule = readyMade?.fields.find((field) => field.to === target.name);
  if (!rule) return undefined;
  const there = pathsOf(rule).some((path) => valueAt(record, path) !== undefined);
  return there || pathsOf(rule).length === 0 ? rule : undefined;
}

function byName(target: TargetField, tree: readonly SourceField[], record: unknown, zone: string): FieldRule | undefined {
  const known = SAME[target.name]?.find((path) => valueAt(record, path) !== undefined);
  const fields = choices(tree);
  const wanted = bare(target.name);
  const field = fields.find((one) => one.path === known) ?? fields.find((one) => bare(one.path) === wanted) ?? fields.find((one) => bare(one.name) === wanted);
  return field && ruleFrom(field.path, field, target, undefined, zone);
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
