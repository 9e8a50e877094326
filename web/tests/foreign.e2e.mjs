// Bad input 74, 75 and 80: what a page of somebody else can do with the browser of a person who is signed in here. It is a
// page of another port, for which browsers send our cookie along: what keeps it out is the server's own look at the origin.
// How to name the server: see support/server.mjs.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';

import { all, api, go, page, server, startConsole } from './support/console.mjs';

startConsole();

let other;
const elsewhere = () => page.goto(`http://127.0.0.1:${other.address().port}/`);

before(async () => {
  other = createServer((_, answer) => {
    answer.writeHead(200, { 'content-type': 'text/html' });
    answer.end('<!doctype html><html lang="en"><title>Elsewhere</title><body><h1>Elsewhere</h1></body></html>');
  });
  await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
});

after(() => {
  other.close();
  other.closeAllConnections();
});

/** Sends a form to the server from the page that is open. */
function submit({ action, enctype }) {
  const fields = '<input name=\'{"mode":"apply","x":"\' value=\'"}\'>';
  document.body.insertAdjacentHTML('beforeend', `<form method="post" action="${action}" enctype="${enctype}">${fields}</form>`);
  document.forms[0].submit();
}

/** Sends text from a sandboxed frame, whose origin is `null`; what the frame hears of it. */
function sendFromNowhere(action) {
  const frame = document.createElement('iframe');
  frame.sandbox = 'allow-scripts';
  frame.srcdoc = `<script>
    const how = { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{}' };
    fetch(${JSON.stringify(action)}, how).then((heard) => parent.postMessage(heard.type, '*'), () => parent.postMessage('refused', '*'));
  </script>`;
  return new Promise((resolve) => {
    addEventListener('message', ({ data }) => resolve(data), { once: true });
    document.body.append(frame);
  });
}

describe('a page of somebody else', () => {
  it('bad input 74: cannot act by a form, though the browser sends the cookie along', async () => {
    const { items } = await api(server, 'GET', '/scenarios');
    const action = `${server.ui}/api/v1/scenarios/${items[0].id}/runs`;
    const runs = (await all(server, '/runs')).length;
    let cookies = 0;
    for (const enctype of ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']) {
      await elsewhere();
      const answered = page.waitForResponse((response) => response.url() === action);
      const shown = page.waitForURL(action);
      await page.evaluate(submit, { action, enctype });
      const response = await answered;
      await shown;
      assert.ok([401, 403, 415].includes(response.status()), `${enctype}: ${response.status()}`);
      cookies += (await response.request().allHeaders()).cookie === undefined ? 0 : 1;
    }
    assert.ok(cookies > 0, 'no form carried the cookie, so nothing was tried');
    await elsewhere();
    // Opaque: it was answered, and nobody there can see how.
    assert.ok(['opaque', 'refused'].includes(await page.evaluate(sendFromNowhere, action)));
    assert.equal((await all(server, '/runs')).length, runs);
    await go('/');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  });

  it('bad input 75: can neither read an answer nor send JSON', async () => {
    const { items } = await api(server, 'GET', '/scenarios');
    const runs = (await all(server, '/runs')).length;
    await elsewhere();
    const tries = [
      ['/api/v1/connections', { method: 'GET' }],
      ['/api/v1/session', { method: 'GET' }],
      [`/api/v1/scenarios/${items[0].id}/runs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }],
      [`/api/v1/scenarios/${items[0].id}`, { method: 'DELETE' }],
    ];
    for (const [path, init] of tries) {
      const answer = await page.evaluate(
        ([address, how]) => fetch(address, { ...how, credentials: 'include' }).then((heard) => heard.text(), (error) => `refused: ${error.message}`),
        [`${server.ui}${path}`, init],
      );
      assert.equal(answer, 'refused: Failed to fetch', path);
    }
    assert.equal((await all(server, '/runs')).length, runs);
    assert.equal((await api(server, 'GET', '/scenarios')).items.length, items.length);
  });

  it('bad input 80: hears nothing of the stream', async () => {
    await elsewhere();
    const heard = await page.evaluate(
      (address) =>
        new Promise((resolve) => {
          const stream = new EventSource(address, { withCredentials: true });
          stream.addEventListener('open', () => resolve('open'));
          stream.addEventListener('error', () => resolve('refused'));
        }),
      `${server.ui}/api/v1/stream?topics=runs`,
    );
    assert.equal(heard, 'refused');
  });
});
