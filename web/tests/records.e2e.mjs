// What failed, and what became of a record: with what a real import of the sample site left behind.
// How to name the server: see support/server.mjs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { api, browser, endOfRun, go, page, server, startConsole, until, violations } from './support/console.mjs';

async function runOf(scenario) {
  const { run, position } = await api(server, 'POST', `/scenarios/${scenario}/runs`, {});
  await endOfRun(server, run, position);
  return run;
}

/** Titles of posts come from another field from now on, and are written. */
async function otherTitles() {
  const { items: mappings } = await api(server, 'GET', '/mappings');
  const { id, revision } = mappings.find(({ resource }) => resource === 'posts');
  const { definition } = await api(server, 'GET', `/mappings/${id}`);
  const title = definition.fields.find(({ to }) => to === 'title');
  title.from = { path: 'slug' };
  const { position } = await api(server, 'POST', `/mappings/${id}/revisions`, { definition, expected: revision });
  await api(server, 'GET', `/mappings/${id}?min_position=${position}`);
  const { items: scenarios } = await api(server, 'GET', '/scenarios');
  const scenario = scenarios.find(({ name }) => name.includes('posts')).id;
  await api(server, 'POST', `/scenarios/${scenario}/publish`, { note: 'slug as title' });
  return runOf(scenario);
}

startConsole();

describe('failures', () => {
  it('names what fails, how often and what to do, and leads to the record', async () => {
    const { items } = await api(server, 'GET', '/failures');
    await go('/failures');
    const group = page.getByRole('listitem').filter({ hasText: 'NOT_AN_EMAIL' });
    await group.getByText('1 record', { exact: true }).waitFor();
    await group.getByText(/What to do: Correct the address/).waitFor();
    assert.deepEqual(await violations(page), []);
    await group.getByRole('link', { name: 'Example' }).click();
    await page.waitForURL((url) => url.pathname.includes(`/runs/${items[0].example.run}/records/`));
    await page.getByRole('complementary', { name: /^Record/ }).getByText('NOT_AN_EMAIL at map').waitFor();
  });

  it('keeps what a person thinks of it, and shows it under its own address', async () => {
    const { items } = await api(server, 'GET', '/failures');
    await go(`/failures/${items[0].id}`);
    await page.getByRole('button', { name: 'Mark as' }).click();
    await page.getByRole('menuitem', { name: 'Acknowledged' }).click();
    await page.getByText('Saved', { exact: true }).first().waitFor();
    await until(async () => (await api(server, 'GET', `/failures/${items[0].id}`)).state === 'acknowledged', 'the new state');
    await go('/failures');
    await page.getByText('No failure waits for a decision.').waitFor();
    await go(`/failures/${items[0].id}`);
    await page.getByRole('radio', { name: 'Acknowledged' }).and(page.locator(':checked')).waitFor({ state: 'attached' });
    await page.getByRole('listitem').filter({ hasText: 'NOT_AN_EMAIL' }).waitFor();
  });

  it('retries what failed for this reason, in a run that names the old one', async () => {
    const { items } = await api(server, 'GET', '/failures?state=acknowledged');
    await go('/failures?state=acknowledged');
    await page.getByRole('listitem').filter({ hasText: 'NOT_AN_EMAIL' }).getByRole('button', { name: 'Retry' }).click();
    await page.waitForURL(/\/runs\/rn_/);
    await page.getByRole('link', { name: `Retry of ${items[0].example.run}` }).waitFor();
    const run = new URL(page.url()).pathname.split('/').at(-1);
    await endOfRun(server, run);
    assert.equal((await api(server, 'GET', `/runs/${run}`)).counts.failed, 1);
  });
});

describe('a record', () => {
  it('19: says where its title came from, and how it was before', async () => {
    const { items } = await api(server, 'GET', '/portal/posts');
    const old = items[0];
    const run = await otherTitles();
    const now = await api(server, 'GET', `/portal/posts/${old.id}`);
    assert.notEqual(now.fields.title, old.fields.title);

    await go(`/records/posts/${old.id}`);
    await page.getByRole('heading', { level: 1, name: now.fields.title, exact: true }).waitFor();
    const lineage = page.getByRole('table', { name: 'Where each field came from' });
    const title = lineage.getByRole('row').filter({ has: page.getByText('title', { exact: true }) });
    await title.getByText('slug', { exact: true }).waitFor();
    await title.getByRole('link', { name: 'mapping v2' }).waitFor();
    assert.ok((await title.getByRole('link', { name: 'Run', exact: true }).getAttribute('href')).endsWith(run));
    assert.deepEqual(await violations(page), []);

    await page.getByRole('tab', { name: 'History' }).click();
    const changes = page.getByRole('table', { name: 'Changes of the record' });
    await until(async () => (await changes.getByRole('row').count()) === 3, 'two changes');
    const did = page.getByRole('table', { name: 'What this change did' });
    await did.getByRole('row').filter({ hasText: old.fields.title }).getByText(now.fields.title).waitFor();
    await changes.getByRole('row').last().getByRole('button').click();
    await page.waitForURL((url) => url.searchParams.get('at') === String(old.position));
    await page.getByRole('status').filter({ hasText: /^You see .*\(event \d+\)/ }).waitFor();
    await page.getByRole('heading', { level: 1, name: old.fields.title, exact: true }).waitFor();
    await page.getByText('In Portal then').waitFor();
    const since = page.getByRole('table', { name: 'What has changed since' });
    await since.getByRole('row').filter({ hasText: now.fields.title }).waitFor();
    assert.deepEqual(await violations(page), []);

    await page.reload();
    await page.getByRole('heading', { level: 1, name: old.fields.title, exact: true }).waitFor();
    await page.getByRole('status').filter({ hasText: /^You see .*\(event \d+\)/ }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('at'), String(old.position));
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.getByRole('heading', { level: 1, name: now.fields.title, exact: true }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('at'), null);
  });

  it('moves through time by the keyboard', async () => {
    const { items } = await api(server, 'GET', '/portal/posts');
    await go(`/records/posts/${items[0].id}?tab=history`);
    const slider = page.getByRole('slider', { name: 'Time' });
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('status').filter({ hasText: /^You see/ }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('status').filter({ hasText: /^You see/ }).waitFor({ state: 'detached' });
  });

  it('says what is wrong with a place in time that there is not', async () => {
    const { items } = await api(server, 'GET', '/portal/posts');
    await go(`/records/posts/${items[0].id}?at=1`);
    await page.getByRole('alert').first().waitFor();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.getByText('In Portal now').waitFor();
  });

  it('shows the events of its source', async () => {
    const { items } = await api(server, 'GET', '/portal/posts');
    await go(`/records/posts/${items[0].id}?tab=events`);
    await page.getByRole('table', { name: 'Events of the record' }).getByText('record.changed').first().waitFor();
    assert.deepEqual(await violations(page), []);
  });

  it('asked nothing of another host and had no error', () => {
    assert.deepEqual(browser.problems, []);
  });
});
