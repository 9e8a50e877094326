import { useQuery } from '@tanstack/react-query';

import { call } from '../../api/client';
import { type ApiError } from '../../api/problem';
import type { Item, Run } from '../../api/schema';
import { DataTable } from '../../parts/DataTable';
import { Go } from '../../parts/Go';
import { EmptyState, Loaded } from '../../parts/States';
import { number, sentence } from '../../parts/format';

interface Group { key: string; code: string; field: string; step: string; message: string; count: number; example: string }

const PAGE = 500;
const PAGES = 10;

/** Failed records of a run by the reason. */
export function groupsOf(items: Item[]): Group[] {
  const groups = new Map<string, Group>();
  for (const item of items) {
    for (const note of item.notes) {
      const key = `${note.code} ${note.step} ${note.field ?? ''}`;
      const known = groups.get(key);
      if (known) known.count += 1;
      else groups.set(key, { key, code: note.code, field: note.field ?? '', step: note.step, message: note.message, count: 1, example: item.id });
    }
  }
  return [...groups.values()].toSorted((a, b) => b.count - a.count);
}

async function failedItems(id: string, signal: AbortSignal): Promise<{ items: Item[]; isAll: boolean }> {
  const items: Item[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const query = { outcome: 'failed' as const, limit: PAGE, ...(cursor ? { cursor } : {}) };
    const answer = await call('GET /api/v1/runs/{id}/items', { path: { id }, query, signal });
    items.push(...answer.items);
    cursor = answer.next_cursor ?? undefined;
    if (!cursor) return { items, isAll: true };
  }
  return { items, isAll: false };
}

export function RunGroups({ run }: { run: Run }) {
  const failed = useQuery<{ items: Item[]; isAll: boolean }, ApiError>({
    queryKey: ['run', run.id, 'groups'],
    queryFn: ({ signal }) => failedItems(run.id, signal),
  });
  return (
    <Loaded of={failed} rows={3}>
      {({ items, isAll }) =>
        items.length === 0 ? (
          <EmptyState icon="circle-check">No record failed.</EmptyState>
        ) : (
          <>
            {isAll ? null : <p className="card-body small muted">Of the first {number(items.length)} failed records.</p>}
            <DataTable<Group>
              caption="Reasons of failures"
              rows={groupsOf(items)}
              rowKey={({ key }) => key}
              columns={[
                { key: 'count', header: 'Records', align: 'right', width: 90, cell: (group) => number(group.count) },
                {
                  key: 'why',
                  header: 'Why',
                  cell: (group) => (
                    <>
                      {group.field ? <code>{group.field}</code> : null} {sentence(group.message)}
                      <div className="small mono muted">
                        {group.code} at {group.step}
                      </div>
                    </>
                  ),
                },
                {
                  key: 'example',
                  header: 'Example',
                  cell: (group) => <Go to={`/runs/${run.id}/records/${encodeURIComponent(group.example)}?tab=groups`}>Open</Go>,
                },
              ]}
            />
          </>
        )
      }
    </Loaded>
  );
}
