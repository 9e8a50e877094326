import { useRead } from '../../api/queries';
import type { Kept, KeptKind } from '../../api/schema';
import { DataTable } from '../../parts/DataTable';
import { Go } from '../../parts/Go';
import { Card } from '../../parts/Page';
import { Loaded } from '../../parts/States';
import { count } from '../../parts/format';

const WORDS: Record<KeptKind, { name: string; about: string }> = {
  events: {
    name: 'What happened, when and by whom',
    about: 'It is what makes every record’s way traceable, and what runs can be repeated from.',
  },
  contents: {
    name: 'What records say',
    about: 'Sealed with a key for each person. Erasing a person destroys their key: what was kept of them cannot be read any more.',
  },
  deliveries: {
    name: 'Webhooks as they came',
    about: 'Their bytes are sealed with a key for each day, which is destroyed after this time. That they came, and what they led to, stays.',
  },
};

/** What is kept, how long, and how that is changed. */
export function RetentionTab() {
  const kept = useRead(['retention'], 'GET /api/v1/retention');
  return (
    <Card title="Retention" flush>
      <Loaded of={kept} rows={3} height={56}>
        {({ items }) => (
          <DataTable<Kept>
            caption="What is kept"
            rows={items}
            rowKey={({ kind }) => kind}
            columns={[
              {
                key: 'what',
                header: 'What',
                cell: ({ kind }) => (
                  <>
                    <span className="strong">{WORDS[kind].name}</span>
                    <div className="small muted">{WORDS[kind].about}</div>
                  </>
                ),
              },
              { key: 'days', header: 'How long', cell: (row) => <span className="nowrap">{howLong(row)}</span> },
              { key: 'how', header: 'How to change it', cell: howToChange },
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}

export function howLong({ kind, days }: Kept): string {
  if (typeof days === 'number') return count(days, 'day');
  return kind === 'contents' ? 'Until the person is erased' : 'Always';
}

function howToChange({ kind, days, setting }: Kept) {
  if (setting) {
    return (
      <>
        Start the server with <code>{`${setting}=${days ?? 30}d`}</code>
        <div className="small muted">From 1d to 3650d. A shorter time holds at once, also for what came before.</div>
      </>
    );
  }
  if (kind === 'contents') {
    return (
      <>
        Erase a person under <Go to="/settings/erasures">Erasures</Go>, or with <code>portal-integrations erase</code> on
        the server
      </>
    );
  }
  return <span className="muted">Cannot be changed: nothing is taken out of the log</span>;
}
