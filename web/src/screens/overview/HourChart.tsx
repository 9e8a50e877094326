import { useState } from 'react';

import type { Hour } from '../../api/schema';
import { DataTable } from '../../parts/DataTable';
import { number } from '../../parts/format';
import { barsOf, ceiling, summary } from './chart';

interface Props {
  hours: Hour[];
  perBar: number;
}

/** Records per hour, imported and failed, with the same as a sentence and as a table. */
export function HourChart({ hours, perBar }: Props) {
  const [isTable, setTable] = useState(false);
  const bars = barsOf(hours, perBar);
  const top = ceiling(bars);
  const sentence = summary(bars);
  return (
    <div className="chart-body">
      <div className="between">
        <p className="row">
          <span>{sentence}</span>
          <span className="legend legend-info">imported</span>
          <span className="legend legend-err">failed</span>
        </p>
        <button type="button" className="link" onClick={() => setTable(!isTable)}>
          {isTable ? 'Show as chart' : 'Show as table'}
        </button>
      </div>
      {isTable ? (
        <DataTable
          caption="Records over time"
          rows={bars}
          rowKey={(bar) => bar.at}
          columns={[
            { key: 'at', header: 'From', cell: (bar) => bar.label },
            { key: 'imported', header: 'Imported', align: 'right', cell: (bar) => number(bar.imported) },
            { key: 'failed', header: 'Failed', align: 'right', cell: (bar) => number(bar.failed) },
          ]}
        />
      ) : (
        <div className="chart" role="img" aria-label={sentence}>
          <div className="chart-grid" aria-hidden="true">
            <span>{number(top)}</span>
            <span>{top > 1 ? number(top / 2) : ''}</span>
            <span>0</span>
          </div>
          <div className="chart-bars">
            {bars.map((bar) => (
              <div key={bar.at} className="chart-slot" title={`${bar.label}: ${number(bar.imported)} imported, ${number(bar.failed)} failed`}>
                <div className="chart-column">
                  {bar.failed > 0 ? (
                    <div className="chart-failed" style={{ height: `max(3px, ${(bar.failed / top) * 100}%)` }} />
                  ) : null}
                  {bar.imported > 0 ? (
                    <div className="chart-imported" style={{ height: `max(2px, ${(bar.imported / top) * 100}%)` }} />
                  ) : null}
                </div>
                <span className="chart-tick">{bar.tick}</span>
              </div>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
