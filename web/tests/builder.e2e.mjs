import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { api, atRest, browser, overflow, page, server, settled, startAgain, startConsole, stop, until, violations } from './support/console.mjs';

const steps = () => page.getByRole('group').filter({ has: page.locator('.b-step') });
const step = (name) => page.locator(`.react-flow__node[aria-label*="${name}"]`);
const status = (text) => page.getByRole('status').filter({ hasText: text }).first();
const saved = () => status(/^Saved$/);
const field = (label) => page.getByLabel(label, { exact: true });

async function newScenario(name, graph) {
  const { id, position } = await api(server, 'POST', '/scenarios', graph ? { name, graph } : { name });
  // The page asks for it next: the views shall have it by then.
  await api(server, 'GET', `/scenarios/${id}?min_position=${position}`);
  return id;
}

/** Trigger, fetch, map, write, all set up. */
async function wholeGraph() {
  const { items: connections } = await api(server, 'GET', '/connections');
  const { items: mappings } = await api(server, 'GET', '/mappings');
  const site = connections.find((one) => one.app === 'wordpress').id;
  const mapping = mappings.find((one) => one.resource === 'posts').id;
  return {
    nodes: [
      { id: 't', name: 'By hand', kind: 'trigger', on: 'manual' },
      { id: 'f', name: 'Posts', kind: 'fetch', connection: site, resource: 'posts' },
      { id: 'm', name: 'Post fields', kind: 'map', mapping: { id: mapping } },
      { id: 'w', name: 'Save posts', kind: 'write', connection: 'cn_portal', entity: 'post' },
    ],
    edges: [{ from: 't', to: 'f' }, { from: 'f', to: 'm' }, { from: 'm', to: 'w' }],
  };
}

async function open(id, search = '') {
  await page.goto(`${server.ui}/ui/scenarios/${id}/builder${search}`);
  await saved().waitFor().catch(async (error) => {
    throw new Error(`${error.message}\non the page:\n${await page.locator('body').innerText()}`, { cause: error });
  });
  // Until the graph is fitted, a click may land where a step no longer is.
  await atRest(page);
}

/** Drags a kind of step from the palette to a point of a step, counted from the middle of its upper side. */
async function dragOnto(entry, name, down) {
  await atRest(page);
  const [box, graph] = [await step(name).boundingBox(), await page.locator('#graph').boundingBox()];
  const zoom = box.height / 84;
  await page.getByRole('button', { name: entry, exact: true }).dragTo(page.locator('#graph'), {
    targetPosition: { x: box.x - graph.x + box.width / 2, y: box.y - graph.y + down * zoom },
  });
}

startConsole();

describe('the scenario builder', () => {
  it('8, 9: starts from a template, names its problems, leads to the field, and publishes when they are gone', async () => {
    const empty = await newScenario('From a template');
    await open(empty);
    await page.getByRole('button', { name: /^Import posts/ }).click();
    // The scenario of the template takes the place of the empty one.
    await page.waitForURL((url) => /\/scenarios\/sc_/.test(url.pathname) && !url.pathname.includes(empty));
    const { draft_graph: graph } = await api(server, 'GET', `/scenarios/${new URL(page.url()).pathname.split('/').at(-2)}`);
    const all = graph.nodes.length;
    assert.ok(all >= 7, 'a scenario of some size');
    await steps().nth(all - 1).waitFor();
    await status('No problems, ready to publish').waitFor();
    const names = await steps().evaluateAll((groups) => groups.map((group) => [group.getAttribute('aria-label'), group.getAttribute('aria-roledescription')]));
    assert.equal(names.length, all);
    const wanted = graph.nodes.map(({ name }) => name).toSorted();
    assert.deepEqual(names.map(([label]) => /^[^:]+: (.+), step \d+ of \d+$/.exec(label)?.[1]).toSorted(), wanted);
    assert.deepEqual(new Set(names.map(([label]) => Number(/step (\d+) of/.exec(label)[1]))), new Set(graph.nodes.map((_, n) => n + 1)));
    assert.ok(names.every(([label, role]) => label.endsWith(` of ${all}`) && role === 'scenario step'));

    await atRest(page);
    await step('Fetch: Posts').click();
    await page.getByRole('button', { name: 'Add Filter' }).click();
    const publish = page.getByRole('button', { name: 'Publish' });
    await status('1 problem').waitFor();
    assert.equal(await publish.isDisabled(), true);
    await page.getByText('1 problem to solve').waitFor();
    await step('By hand').click();
    await page.getByRole('button', { name: /Filter: the condition is empty/ }).click();
    await until(() => page.evaluate(() => Boolean(document.activeElement?.closest('[data-field="condition"]'))), 'focus on the condition');
    assert.equal(await step('Filter').getAttribute('aria-current'), 'true');

    await page.getByRole('radiogroup', { name: 'How to write the condition' }).getByText('Write').click();
    await page.getByRole('textbox', { name: 'Condition' }).fill('record.id > 1');
    await status('No problems, ready to publish').waitFor();
    await until(async () => !(await publish.isDisabled()), 'Publish to be enabled');
    await publish.click();
    await page.getByRole('dialog').getByLabel('Note').fill('First version');
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Publish v1' }).click();
    await page.getByText('v1 live', { exact: true }).first().waitFor();
  });

  it('says what a step does when it fails, leads to a number that cannot be, and tells the change before publishing', async () => {
    const id = await newScenario('On failure', await wholeGraph());
    await open(id);
    await step('Save posts').click();
    const tab = page.getByRole('tab', { name: 'On failure' });
    await tab.click();
    const choice = (name) => page.getByRole('radio', { name, exact: true });
    assert.equal(await choice('Stop').isChecked(), true);
    await choice('Stop').focus();
    await page.keyboard.press('ArrowDown');
    await until(() => choice('Try again, then stop').isChecked(), 'the choice by keyboard');
    await page.getByLabel(/^Times/).fill('11');
    await status('1 problem').waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('tab', { name: 'Set up' }).click();
    await page.getByRole('button', { name: /a step is tried again 1 to 10 times/ }).click();
    await until(() => page.evaluate(() => Boolean(document.activeElement?.closest('[data-field="on_failure.times"]'))), 'focus on the times');
    await page.getByLabel(/^Times/).fill('5');
    await status('No problems, ready to publish').waitFor();
    await saved().waitFor();
    const kept = await until(async () => {
      const { draft_graph: graph } = await api(server, 'GET', `/scenarios/${id}`);
      return graph.nodes.find((node) => node.id === 'w').on_failure?.times === 5 && graph;
    }, 'the draft on the server');
    assert.deepEqual(kept.nodes.find((node) => node.id === 'w').on_failure, { do: 'retry', times: 5, wait: 30 });
    const publish = page.getByRole('button', { name: 'Publish' });
    await until(async () => !(await publish.isDisabled()), 'Publish to be enabled');
    await publish.click();
    await page.getByRole('dialog').getByText(/try again 5 times, 30 seconds apart, then stop/).waitFor();
    await page.getByRole('button', { name: 'Publish v1' }).click();
    await page.getByText('v1 live', { exact: true }).first().waitFor();
    await step('Post fields').click();
    await tab.click();
    await page.getByText(/A record with a field that fails its checks/).waitFor();
    assert.equal(await page.getByRole('radio').count(), 0);
  });

  it('sends what fails another way, from the settings as well as in the outline', async () => {
    const id = await newScenario('Caught', await wholeGraph());
    await open(id);
    await step('Save posts').click();
    await page.getByRole('tab', { name: 'On failure' }).click();
    const way = page.getByRole('group', { name: 'A record that fails here' });
    await way.getByText(/^stops\./).waitFor();
    await way.getByRole('button', { name: 'Add a step for failures' }).click();
    await page.getByRole('menuitem', { name: /^Map fields/ }).click();
    const draft = async () => (await api(server, 'GET', `/scenarios/${id}`)).draft_graph;
    const caught = await until(async () => (await draft()).edges.find((edge) => edge.branch === 'failure'), 'the branch on the server');
    assert.equal(caught.from, 'w');
    await page.locator('.b-edge-label', { hasText: 'on failure' }).waitFor();
    await step('Map fields: Map fields').waitFor();
    await page.keyboard.press('a');
    await page.getByRole('menuitem', { name: /^Write to Portal/ }).click();
    await until(async () => (await draft()).edges.some((edge) => edge.from === caught.to), 'the write behind it on the server');
    assert.deepEqual(await violations(page), []);
    await step('Save posts').click();
    await page.getByRole('tab', { name: 'On failure' }).click();
    await way.getByText(/It counts as failed here all the same/).waitFor();
    await page.keyboard.press('o');
    await page.getByRole('region', { name: 'Outline of steps' }).getByText('on failure').waitFor();
    assert.deepEqual(await violations(page), []);
    await way.getByRole('button', { name: /^Disconnect from/ }).click();
    await until(async () => (await draft()).edges.every((edge) => edge.branch !== 'failure'), 'the branch to be gone');
  });

  it('10: is built with the keyboard alone', async () => {
    const id = await newScenario('By keyboard', await wholeGraph());
    await open(id);
    await steps().nth(3).waitFor();
    await page.locator('h1').focus();
    await until(async () => {
      await page.keyboard.press('Shift+Tab');
      return page.evaluate(() => document.activeElement?.textContent === 'Skip to the graph');
    }, 'the skip link');
    await page.keyboard.press('Enter');
    const current = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    await until(async () => (await current()).startsWith('Trigger: By hand'), 'the first step');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await until(async () => (await current()).startsWith('Map fields: Post fields'), 'the map');
    await page.keyboard.press('Enter');
    await until(() => page.evaluate(() => document.activeElement?.closest('[data-field="name"]') !== null), 'the name');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('Article fields');
    await page.keyboard.press('Escape');
    await until(async () => (await current()).startsWith('Map fields: Article fields'), 'the step again');
    await page.keyboard.press('a');
    await page.getByRole('menu').waitFor();
    await until(async () => {
      await page.keyboard.press('ArrowDown');
      return page.evaluate(() => document.activeElement?.getAttribute('role') === 'menuitem' && document.activeElement.textContent.startsWith('Filter'));
    }, 'the entry of the menu');
    await page.keyboard.press('Enter');
    await until(async () => (await steps().count()) === 5, 'five steps');
    await until(async () => (await current()).startsWith('Filter: Filter'), 'the new step').catch(async (error) => {
      throw new Error(`${error.message}; the focus is on: ${await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 300))}`);
    });
    await page.keyboard.press('Delete');
    await until(async () => (await steps().count()) === 4, 'four steps');
    await page.keyboard.press('Control+z');
    await until(async () => (await steps().count()) === 5, 'five steps again');
    await page.keyboard.press('Control+Shift+z');
    await until(async () => (await steps().count()) === 4, 'four steps again');
    await saved().waitFor();
    const kept = await until(async () => {
      const { draft_graph: graph } = await api(server, 'GET', `/scenarios/${id}`);
      return graph.nodes.length === 4 && graph.nodes.find((node) => node.id === 'm').name === 'Article fields' && graph;
    }, 'the draft on the server');
    assert.equal(kept.edges.length, 3);
  });

  it('11: refuses a loop with the reason, by menu and by drag', async () => {
    await open(await newScenario('Loops', await wholeGraph()));
    await step('Map fields').click();
    await page.getByRole('button', { name: 'Connect to…' }).click();
    await page.getByRole('menuitem', { name: /^Posts/ }).click();
    await status('would make a loop').waitFor();
    assert.equal(await page.locator('.react-flow__edge').count(), 3);

    await atRest(page);
    const from = await step('Map fields').locator('.react-flow__handle.source:not([data-handleid="failure"])').boundingBox();
    const to = await step('Fetch').locator('.react-flow__handle.target').boundingBox();
    await page.mouse.move(from.x + 5, from.y + 5);
    await page.mouse.down();
    await page.mouse.move(to.x + 20, to.y + 20, { steps: 6 });
    await page.mouse.move(to.x + 5, to.y + 5, { steps: 4 });
    await page.locator('.b-refusal', { hasText: 'would make a loop' }).waitFor();
    await page.mouse.up();
    assert.equal(await page.locator('.react-flow__edge').count(), 3);
  });

  it('inserts on a connection, refuses a second trigger, and drags from the palette', async () => {
    await open(await newScenario('Inserting', await wholeGraph()));
    await page.getByRole('button', { name: 'Insert a step: Posts to Post fields' }).click();
    await page.getByRole('menuitem', { name: /^Filter/ }).click();
    await until(async () => (await steps().count()) === 5, 'the filter');
    await page.getByRole('button', { name: 'Add Trigger' }).click({ force: true });
    await status('one trigger').waitFor();
    assert.equal(await steps().count(), 5);

    await dragOnto('Add Fetch', 'Trigger', 20);
    await until(async () => (await steps().count()) === 6, 'a second fetch beside the first');
    assert.equal(await page.locator('.react-flow__edge').count(), 5);
    // Below the step, on the connection that cannot take a fetch: it goes beside again.
    await dragOnto('Add Fetch', 'Trigger', 90);
    await until(async () => (await steps().count()) === 7, 'a third fetch beside the others');
    assert.equal(await page.locator('.react-flow__edge').count(), 6);
  });

  it('does everything in the outline as well', async () => {
    await open(await newScenario('In the outline', await wholeGraph()));
    await page.getByRole('button', { name: 'Outline' }).click();
    await page.getByRole('button', { name: /^Post fields.*step 3 of 4/ }).click();
    await page.getByRole('button', { name: 'What can be done with Post fields' }).click();
    await page.getByRole('menuitem', { name: /^Write to Portal/ }).click();
    await page.getByRole('button', { name: /^Write to Portal.*step 5 of 5/ }).waitFor();
    await page.getByRole('menu').waitFor({ state: 'hidden' });
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Graph', exact: true }).click();
    await until(async () => (await steps().count()) === 5, 'five steps on the graph');
  });

  it('runs a test and shows the counts on the steps', async () => {
    await open(await newScenario('Test run', await wholeGraph()));
    await status('No problems, ready to publish').waitFor();
    await page.getByRole('button', { name: 'Test run' }).click();
    await page.getByRole('radio', { name: /Ten records/ }).check();
    await page.getByRole('dialog').getByRole('button', { name: 'Test run' }).click();
    await status('Test run ended. 10 records: 10 fine').waitFor();
    await step('Save posts').getByText('10 records').waitFor();
    await step('Post fields').getByText('10 records').waitFor();
    await step('Save posts').click();
    await page.getByRole('tab', { name: 'Sample' }).click();
    await page.getByRole('heading', { name: 'Records of the run at this step' }).waitFor();
  });

  it('shows an old version and begins again from it', async () => {
    const id = await newScenario('Versions', await wholeGraph());
    await api(server, 'POST', `/scenarios/${id}/publish`, { note: 'one' });
    await api(server, 'PUT', `/scenarios/${id}/draft`, { expected: 1, graph: { nodes: [], edges: [] } });
    await page.goto(`${server.ui}/ui/scenarios/${id}/builder?version=1`);
    await page.getByText('You see version 1').waitFor();
    await steps().nth(3).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Add Filter' }).count(), 0);
    await page.getByRole('button', { name: 'Restore as draft' }).click();
    await saved().waitFor();
    await until(async () => (await steps().count()) === 4, 'the restored steps');
  });

  it('lets two edits of one draft be compared, and loses neither', async () => {
    const graph = await wholeGraph();
    const id = await newScenario('Two tabs', graph);
    await open(id);
    await step('Map fields').click();
    // Another tab saves in between; this one learns of it when it saves.
    await page.route('**/api/v1/stream*', (route) => route.abort());
    const theirs = { ...graph, nodes: graph.nodes.map((node) => (node.id === 'w' ? { ...node, name: 'Theirs' } : node)) };
    await api(server, 'PUT', `/scenarios/${id}/draft`, { expected: 1, graph: theirs });
    await field('Name').fill('Mine');
    await page.getByRole('button', { name: 'Decide' }).click();
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('Renamed from “Save posts”').waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Keep mine' }).click();
    await until(async () => (await api(server, 'GET', `/scenarios/${id}`)).draft_graph.nodes.some((node) => node.name === 'Mine'), 'my draft');
    await page.unroute('**/api/v1/stream*');
  });

  it('12: keeps the draft over a reload, and saves it when the server is back', async () => {
    const id = await newScenario('Restart', await wholeGraph());
    await open(id, '?step=m');
    await field('Name').fill('Before the reload');
    await page.reload();
    await saved().waitFor();
    assert.equal(await field('Name').inputValue(), 'Before the reload');

    await stop(server);
    await field('Name').fill('While the server is away');
    await status('Not saved, retrying').waitFor();
    await startAgain(server);
    // The session is as good as before: nobody signs in again.
    await saved().waitFor({ timeout: 40_000 });
    assert.equal(await field('Name').inputValue(), 'While the server is away');
    await until(async () => (await api(server, 'GET', `/scenarios/${id}`)).draft_graph.nodes.some((node) => node.name === 'While the server is away'), 'the draft on the server');
  });

  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1440, 320]) {
      it(`has no violation at ${width} px, ${colorScheme}, and does not scroll sideways`, async () => {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await open(await newScenario(`Looks ${width} ${colorScheme}`, await wholeGraph()), '?step=m');
        await settled(browser);
        assert.deepEqual(await violations(page), []);
        assert.equal(await overflow(page), 0);
      });
    }
  }

  it('says nothing to anybody else', () => {
    assert.deepEqual(browser.problems, []);
  });
});
