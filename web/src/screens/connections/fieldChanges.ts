// What is said of a field that is not as it was.
import type { SchemaChange } from '../../api/schema';

/** A sentence without the field's name: "is new (text)". */
export function changeWords({ kind, before, now }: SchemaChange): string {
  switch (kind) {
    case 'new':
      return `is new: ${now.join(' or ')}`;
    case 'removed':
      return `is gone; it was ${before.join(' or ')}`;
    case 'type-changed':
      return `was ${before.join(' or ')} and is ${now.join(' or ')}`;
    case 'not-seen':
      return 'is read by a mapping, and no record has it';
  }
}

/** What a mapping reads, and no longer comes as it did, comes first. */
export function byWeight(changes: readonly SchemaChange[]): SchemaChange[] {
  const weight = ({ kind, mappings }: SchemaChange) => (mappings.length > 0 && kind !== 'new' ? 0 : 1);
  return changes.toSorted((a, b) => weight(a) - weight(b) || a.path.localeCompare(b.path));
}
