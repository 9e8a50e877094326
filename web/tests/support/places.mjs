// Every place of the console: its address, the route it belongs to, and the name of its picture in docs/console, if it
// has one. The checks of every page and the pictures go through this list; tests/places.e2e.mjs keeps it whole.
import { readFileSync } from 'node:fs';

import { all, api } from './api.mjs';

const ROUTER = new URL('../../src/app/router.tsx', import.meta.url);
const KINDS = { user: 'users', post: 'posts' };

/** What the addresses name, from the data of the demo. */
export async function idsOf(server) {
  const first = async (path, fits = () => true) => {
    const found = (await all(server, path)).find(fits);
    if (!found) throw new Error(`the demo has nothing below ${path}`);
    return found;
  };
  const { id: connection } = await first('/connections', ({ app }) => app === 'wordpress');
  const { id: scenario } = await first('/scenarios', ({ name }) => /posts/i.test(name));
  const { id: mapping } = await first('/mappings', ({ resource }) => resource === 'posts');
  const { id: run } = await first('/runs?phase=partly-failed');
  const { id: item } = await first(`/runs/${run}/items?outcome=failed`);
  const { id: failure } = await first('/failures');
  const record = await first('/portal', ({ entity, fields }) => entity === 'post' && fields.title === 'Found in the archive');
  const { position: was } = await api(server, 'GET', `/portal/posts/${record.id}`);
  return { connection, scenario, mapping, run, item, failure, kind: KINDS[record.entity], record: record.id, was };
}

/** `[route, address, picture]`. */
export function placesOf({ connection, scenario, mapping, run, item, failure, kind, record, was }) {
  const tab = '/connections/$id/$tab';
  const settings = '/settings/$tab';
  return [
    ['/', '/', 'overview'],
    ['/apps', '/apps', 'apps'],
    ['/apps/$app', '/apps/wordpress', 'app'],
    ['/connections', '/connections', 'connections'],
    ['/connections/new', '/connections/new?app=wordpress', 'add-connection'],
    ['/connections/$id', `/connections/${connection}`],
    [tab, `/connections/${connection}/status`, 'connection'],
    [tab, `/connections/${connection}/data`, 'connection-data'],
    [tab, `/connections/${connection}/access`, 'connection-access'],
    [tab, `/connections/${connection}/webhooks`, 'webhooks'],
    [tab, `/connections/${connection}/history`, 'connection-history'],
    ['/scenarios', '/scenarios', 'scenarios'],
    ['/scenarios', '/scenarios?panel=new', 'new-scenario'],
    ['/scenarios/$id', `/scenarios/${scenario}`],
    ['/scenarios/$id/builder', `/scenarios/${scenario}/builder`, 'builder'],
    ['/scenarios/$id/versions', `/scenarios/${scenario}/versions`, 'versions'],
    ['/scenarios/$id/runs', `/scenarios/${scenario}/runs`, 'scenario-runs'],
    ['/scenarios/$id/reimport', `/scenarios/${scenario}/reimport`, 'reimport'],
    ['/mappings', '/mappings', 'mappings'],
    ['/mappings/$id', `/mappings/${mapping}`, 'mapping'],
    ['/runs', '/runs', 'runs'],
    ['/runs', '/runs?status=cancelled'],
    ['/runs/$id', `/runs/${run}`, 'run'],
    ['/runs/$id', `/runs/${run}?tab=log`, 'run-log'],
    ['/runs/$id', `/runs/${run}?tab=groups`],
    ['/runs/$id/records/$key', `/runs/${run}/records/${item}`, 'run-record'],
    ['/failures', '/failures', 'failures'],
    ['/failures/$group', `/failures/${failure}`, 'failure'],
    ['/records', '/records', 'records'],
    ['/records/$kind/$id', `/records/${kind}/${record}`, 'record'],
    ['/records/$kind/$id', `/records/${kind}/${record}?tab=history`],
    ['/records/$kind/$id', `/records/${kind}/${record}?at=${was}`, 'record-then'],
    ['/records/$kind/$id', `/records/${kind}/${record}?tab=events`],
    ['/audit', '/audit', 'audit'],
    ['/settings', '/settings'],
    [settings, '/settings/access-keys', 'settings'],
    [settings, '/settings/webhook-secrets'],
    [settings, '/settings/retention', 'retention'],
    [settings, '/settings/erasures', 'erasures'],
    [settings, '/settings/appearance', 'appearance'],
    [settings, '/settings/about', 'about'],
  ].map(([route, address, picture]) => ({ route, address, picture }));
}

/** The routes of src/app/router.tsx; those that only lead on are marked. */
export function routes() {
  const found = [...readFileSync(ROUTER, 'utf8').matchAll(/^ {2}(screen|forward)\('([^']+)'/gm)];
  return found.map(([, kind, path]) => ({ path, leadsOn: kind === 'forward' }));
}
