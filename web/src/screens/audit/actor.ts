/** Parts of the product that act by themselves. */
const PARTS = new Map([
  ['system', 'The system'],
  ['installation', 'The installation'],
  ['schedule', 'The schedule'],
  ['changes', 'A change'],
  ['portal', 'Portal'],
  ['link-references', 'Portal, completing references'],
  ['retention', 'Retention'],
  ['restore', 'A restore'],
]);

/** Who did it, in words: `token:local`, `run:rn_…`, `hook:cn_…`, `system`. `connection` names connections by their id. */
export function actorName(actor: string, connection: (id: string) => string): string {
  const part = PARTS.get(actor);
  if (part !== undefined) return part;
  const [kind = '', id = ''] = actor.split(/:(.*)/s);
  if (kind === 'token') return id === 'local' ? 'This machine' : `Access key ${id}`;
  if (kind === 'run') return `Run ${id}`;
  if (kind === 'session') return id;
  if (kind === 'hook') return `Webhook of ${connection(id)}`;
  if (kind === 'inbox') return `Messages of ${connection(id)}`;
  if (kind === 'watch') {
    const [of = '', resource = ''] = id.split(/\.(.*)/s);
    return `Changes of ${resource === '' ? '' : `${resource} at `}${connection(of)}`;
  }
  return actor;
}
