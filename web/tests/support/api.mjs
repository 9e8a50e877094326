// The API, by an access key.

/** A call of the API by its access token. */
export async function api(server, method, path, body) {
  const response = await fetch(`${server.address}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

export async function until(ask, what, patience = 15_000) {
  const from = Date.now();
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() - from > patience) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const MOVING = ['running', 'paused', 'cancelling'];

/** The run when it is over. */
export function endOfRun(server, run, position = 0) {
  return until(async () => {
    const now = await api(server, 'GET', `/runs/${run}?min_position=${position}`).catch(() => undefined);
    return now && !MOVING.includes(now.phase) && now;
  }, `the end of ${run}`, 60_000);
}

/** All of a list, page by page. */
export async function all(server, path) {
  const items = [];
  let cursor;
  do {
    const more = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await api(server, 'GET', `${path}${path.includes('?') ? '&' : '?'}limit=100${more}`);
    items.push(...answer.items);
    cursor = answer.next_cursor ?? undefined;
  } while (cursor);
  return items;
}
