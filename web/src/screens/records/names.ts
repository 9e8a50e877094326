import type { PortalRecord } from '../../api/schema';

const LABELS = ['title', 'name', 'email', 'username', 'slug', 'url'];
const KINDS: Record<string, string> = {
  user: 'users', post: 'posts', page: 'pages', term: 'terms', media: 'media', comment: 'comments', item: 'items',
};

/** What people call a record; one that was erased has only its id. */
export function labelOf(record: Pick<PortalRecord, 'fields' | 'id'>): string {
  for (const name of LABELS) {
    const value = record.fields?.[name];
    if (typeof value === 'string' && value.trim()) return value;
  }
  return record.id;
}

/** The kind as it stands in addresses. */
export function plural(entity: string): string {
  return KINDS[entity] ?? `${entity}s`;
}

export interface Source { connection: string; resource: string; id: string }

/** Where a record came from: `cn_….users.11`. */
export function sourceOf(external: string): Source | undefined {
  const match = /^(cn_[a-z0-9]+)\.([^.]+)\.(.+)$/s.exec(external);
  return match ? { connection: match[1] ?? '', resource: match[2] ?? '', id: match[3] ?? '' } : undefined;
}

export interface Change { path: string; before: unknown; now: unknown }

/** What is different between two records, by path. */
export function changesOf(before: unknown, now: unknown, path = ''): Change[] {
  if (Object.is(before, now)) return [];
  if (isPlain(before) && isPlain(now)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].toSorted();
    return keys.flatMap((key) => changesOf(before[key], now[key], path ? `${path}.${key}` : key));
  }
  return JSON.stringify(before) === JSON.stringify(now) ? [] : [{ path, before, now }];
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
