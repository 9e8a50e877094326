/** Who did it, in words: `token:local`, `run:rn_…`, `system`. */
export function actorName(actor: string): string {
  if (actor === 'system') return 'The system';
  if (actor === 'installation') return 'The installation';
  if (actor === 'schedule') return 'The schedule';
  if (actor === 'changes') return 'A change';
  const [kind = '', id = ''] = actor.split(/:(.*)/s);
  if (kind === 'token') return id === 'local' ? 'This machine' : `Access key ${id}`;
  if (kind === 'run') return `Run ${id}`;
  if (kind === 'session') return id;
  return actor;
}
