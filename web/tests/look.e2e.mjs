// A viewer looks at mappings and steps: what may not be tried says why, and nothing is asked that would be refused. In a
// real browser against the real server with its sample site.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { afterwards, api, openBrowser, server, startConsole, violations } from './support/console.mjs';

const WHY = 'Only operators may do this; your access key is a viewer’s.';
const refused = [];
let viewer;

startConsole({
  withBrowser: false,
  prepare: async () => {
    const { token } = await api(server, 'POST', '/tokens', { name: 'a viewer', role: 'viewer' });
    viewer = await openBrowser({ ...server, token });
    afterwards(() => viewer.close());
    viewer.page.on('response', (response) => {
      if (response.status() === 403) refused.push(`${response.request().method()} ${new URL(response.url()).pathname}`);
    });
  },
});

describe('a viewer', () => {
  for (const [theme, width] of [['light', 1440], ['dark', 320]]) {
    it(`sees a mapping with its rules, and why there is no result, ${theme} at ${width} px`, async () => {
      await viewer.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await viewer.page.setViewportSize({ width, height: 900 });
      const mapping = (await api(server, 'GET', '/mappings')).items.find(({ entity }) => entity === 'user');
      await viewer.page.goto(`${server.ui}/ui/mappings/${mapping.id}`);
      await viewer.page.locator('#field-email').waitFor();
      if (width === 320) await viewer.page.locator('summary').filter({ hasText: 'Source' }).click();
      await viewer.page.getByText(`No real record is shown, and no result. ${WHY}`).waitFor();
      assert.deepEqual(await violations(viewer.page), []);
    });
  }

  it('sees a step’s settings, and why there is no sample', async () => {
    await viewer.page.setViewportSize({ width: 1440, height: 900 });
    const [scenario] = (await api(server, 'GET', '/scenarios')).items;
    const { draft_graph: graph } = await api(server, 'GET', `/scenarios/${scenario.id}`);
    const step = graph.nodes.find(({ kind }) => kind === 'map');
    await viewer.page.goto(`${server.ui}/ui/scenarios/${scenario.id}/builder?step=${step.id}`);
    await viewer.page.getByRole('tab', { name: 'Sample' }).click();
    await viewer.page.getByText(`No real record is shown. ${WHY}`).waitFor();
    assert.deepEqual(refused, []);
    assert.deepEqual(viewer.problems, []);
  });
});
