// What of the history is imported again, and by which rules.
import { call } from '../../api/client';
import { asApiError } from '../../api/problem';
import type { StartReimport } from '../../api/schema';
import type { Search } from '../../app/go';
import { sentence } from '../../parts/format';
import { toast } from '../../parts/toasts';
import { type Graph, readGraph } from '../builder/graph';
import { mappingIdOf } from '../builder/words';

/** For the draft, where a version's number would stand. */
export const DRAFT = 'draft';

/** The body that asks for a preview of what the address says. */
export function previewOf(search: Search): StartReimport {
  const { version, mapping, revision, resource } = search;
  const ids = idsOf(search['ids']);
  return {
    mode: 'preview',
    ...(version === DRAFT ? { draft: true } : version ? { version: Number(version) } : {}),
    ...(mapping ? { mapping: { id: mapping, ...(revision ? { revision: Number(revision) } : {}) } } : {}),
    filter: { ...(resource ? { resource } : {}), ids },
  };
}

/** Ids as people write them: with commas, spaces or lines between. */
export function idsOf(text: string | undefined): string[] {
  return [...new Set((text ?? '').split(/[\s,;]+/).filter(Boolean))];
}

export interface Rules {
  readonly mappings: readonly { id: string; revision: number | undefined }[];
  readonly resources: readonly string[];
}

/** What of a version can be chosen: its mappings, with the revision it has them in, and what it fetches. */
export function rulesOf(document: unknown): Rules {
  const { nodes }: Graph = readGraph(document);
  const mappings = nodes.flatMap((step) => {
    const id = mappingIdOf(step);
    const revision = (step['mapping'] as { revision?: number } | undefined)?.revision;
    return id === undefined ? [] : [{ id, revision }];
  });
  const resources = nodes.flatMap((step) => (step.kind === 'fetch' && typeof step['resource'] === 'string' ? [step['resource']] : []));
  return { mappings: mappings.filter(({ id }, n) => mappings.findIndex((other) => other.id === id) === n), resources: [...new Set(resources)] };
}

/** Starts a preview from anywhere and goes to it. */
export async function preview(scenario: string, search: Search, go: (to: string) => void): Promise<void> {
  try {
    const { run } = await call('POST /api/v1/scenarios/{id}/reimports', { path: { id: scenario }, body: previewOf(search) });
    const filled = Object.entries({ ...search, preview: run }).filter((pair): pair is [string, string] => Boolean(pair[1]));
    go(`/scenarios/${scenario}/reimport?${new URLSearchParams(filled).toString()}`);
  } catch (failed) {
    const { title, detail, remedy } = asApiError(failed);
    toast(`${sentence(detail || title)} ${sentence(remedy)}`, { tone: 'err' });
  }
}
