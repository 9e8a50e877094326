import type { Counts } from '../../api/schema';
import { number } from '../../parts/format';
import { changes } from './counts';

/** A run's records as a thin bar: written or unchanged, skipped, failed. */
export function RunCounts({ counts }: { counts: Counts }) {
  const ok = changes(counts) + counts.unchanged;
  const all = ok + counts.skipped + counts.failed;
  if (all === 0) return null;
  const text = `${number(ok)} ok, ${number(counts.skipped)} skipped, ${number(counts.failed)} failed`;
  return (
    <div className="mini-bar" role="img" aria-label={text} title={text}>
      {ok > 0 ? <span className="mini-ok" style={{ flexGrow: ok }} /> : null}
      {counts.skipped > 0 ? <span className="mini-idle" style={{ flexGrow: counts.skipped }} /> : null}
      {counts.failed > 0 ? <span className="mini-err" style={{ flexGrow: counts.failed }} /> : null}
    </div>
  );
}
