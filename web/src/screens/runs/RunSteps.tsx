import { useRead } from '../../api/queries';
import type { Counts, Run } from '../../api/schema';
import { Icon, type IconName } from '../../parts/Icon';
import { Card } from '../../parts/Page';
import { number, words } from '../../parts/format';

interface Step { id: string; kind: string; name: string }

const LOOKS: Record<string, { icon: IconName; tone: string }> = {
  trigger: { icon: 'bolt', tone: 'trigger' },
  fetch: { icon: 'cloud-download', tone: 'fetch' },
  filter: { icon: 'arrows-split-2', tone: 'logic' },
  branch: { icon: 'arrows-split-2', tone: 'logic' },
  map: { icon: 'transform', tone: 'map' },
  write: { icon: 'database-import', tone: 'write' },
};

/** The steps of the version that ran, with what each read. */
export function RunSteps({ run }: { run: Run }) {
  const version = useRead(
    ['scenario', run.scenario],
    'GET /api/v1/scenarios/{id}/versions/{version}',
    { path: { id: run.scenario, version: run.version } },
    { retry: false, enabled: run.version > 0 },
  );
  const steps = stepsOf(version.data?.graph);
  if (steps.length === 0) return null;
  return (
    <Card title="Steps" flush>
      <ol className="run-steps">
        {steps.map((step) => {
          const look = LOOKS[step.kind] ?? { icon: 'puzzle' as const, tone: 'logic' };
          const fetch = run.fetches[step.id];
          const counts = run.nodes[step.id];
          return (
            <li key={step.id}>
              <span className="kind-icon" style={{ color: `var(--kind-${look.tone})` }}>
                <Icon name={look.icon} size={16} />
              </span>
              <span className="grow">
                <span className="strong">{step.name}</span>
                <span className="small muted"> · {words(step.kind)}</span>
                {counts ? <span className="small muted run-step-note">{textOf(counts)}</span> : null}
                {fetch ? (
                  <span className="small muted run-step-note">
                    {fetch.total === null || fetch.total === undefined ? '' : `${number(fetch.total)} on the site, `}
                    {number(fetch.pages)} {fetch.pages === 1 ? 'page' : 'pages'} read
                    {fetch.hidden > 0 ? `, ${number(fetch.hidden)} not visible to this account` : ''}
                    {fetch.complete === false ? ', not complete' : ''}
                  </span>
                ) : null}
              </span>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}

function stepsOf(graph: unknown): Step[] {
  const nodes = (graph as { nodes?: unknown } | null | undefined)?.nodes;
  if (!Array.isArray(nodes)) return [];
  return nodes.map((node: Record<string, unknown>) => ({
    id: String(node['id']),
    kind: String(node['kind']),
    name: String(node['name'] ?? node['id']),
  }));
}

const PARTS: Array<[keyof Counts, string]> = [
  ['read', 'read'],
  ['created', 'created'],
  ['updated', 'updated'],
  ['removed', 'taken back'],
  ['unchanged', 'unchanged'],
  ['skipped', 'skipped'],
  ['failed', 'failed'],
];

function textOf(counts: Counts): string {
  const parts = PARTS.map(([key, word]) => [counts[key] ?? 0, word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${number(count)} ${word}`);
  return parts.length > 0 ? parts.join(', ') : 'nothing came here';
}
