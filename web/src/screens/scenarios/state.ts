import type { Scenario } from '../../api/schema';

/** Whether the draft is not what is live. Lists carry only the numbers: the draft is counted on from a publication. */
export function isEdited({ draft, version, draft_graph: draftGraph, version_graph: liveGraph }: Scenario): boolean {
  if (version === 0) return true;
  if (draftGraph && liveGraph) return JSON.stringify(bare(draftGraph)) !== JSON.stringify(bare(liveGraph));
  return draft > version;
}

/** Without what publishing adds: the revision of a mapping. */
function bare(graph: unknown): unknown {
  return JSON.parse(JSON.stringify(graph, (key, value: unknown) => (key === 'revision' ? undefined : value))) as unknown;
}
