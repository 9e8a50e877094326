export interface Resource {
  id: string;
  label: string;
  kind: string;
  route: string;
  statuses: string[];
  capability: string;
}

/** The kinds of records that a look at the site found. What is not one of them is left out. */
export function resourcesOf(details: unknown): Resource[] {
  const list = (details as { resources?: unknown } | null)?.resources;
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: Record<string, unknown>) => {
    const text = (name: string) => (typeof entry[name] === 'string' ? entry[name] : '');
    const statuses = Array.isArray(entry['statuses']) ? entry['statuses'].map(String) : [];
    const id = text('id');
    if (!id) return [];
    return [{ id, label: text('label') || id, kind: text('kind'), route: text('route'), statuses, capability: text('capability') }];
  });
}
