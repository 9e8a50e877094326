import { useRead } from '../../api/queries';
import type { Health, HealthLine } from '../../api/schema';
import { Card } from '../../parts/Page';
import { Loaded } from '../../parts/States';
import { count } from '../../parts/format';

/** Tests shown, the newest at the right. */
const SHOWN = 40;
const LOWEST_PER_CENT = 15;
const WORDS: Readonly<Record<Health, string>> = { healthy: 'healthy', degraded: 'degraded', failing: 'failing', unknown: 'not known' };

/** How the last tests went and how long they took, as bars with the same said in a sentence. */
export function HealthBars({ connection }: { connection: string }) {
  const history = useRead(['connection', connection, 'health'], 'GET /api/v1/connections/{id}/health', { path: { id: connection } });
  return (
    <Loaded of={history} rows={1}>
      {({ items }) => {
        const shown = items.slice(0, SHOWN).toReversed();
        if (shown.length === 0) return null;
        const slowest = Math.max(1, ...shown.map(({ took_ms: took }) => took));
        const sentence = summary(shown);
        return (
          <Card title="Tests over time">
            <div className="stack-8">
              <p>{sentence}</p>
              <div className="health-bars" role="img" aria-label={sentence}>
                {shown.map((line) => (
                  <span key={line.position} data-health={line.health} title={`${WORDS[line.health]}, ${line.took_ms} ms`} style={{ height: `${Math.max(LOWEST_PER_CENT, (line.took_ms / slowest) * 100)}%` }} />
                ))}
              </div>
            </div>
          </Card>
        );
      }}
    </Loaded>
  );
}

function summary(shown: readonly HealthLine[]): string {
  const of = (health: Health) => shown.filter((line) => line.health === health).length;
  const parts = (['healthy', 'degraded', 'failing', 'unknown'] as const).filter((health) => of(health) > 0).map((health) => `${of(health)} ${WORDS[health]}`);
  const last = shown.at(-1);
  return `${count(shown.length, 'test')}: ${parts.join(', ')}. The last took ${last?.took_ms ?? 0} ms.`;
}
