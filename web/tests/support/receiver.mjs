// A destination over HTTP that keeps no keys and cannot be asked: it writes what it is sent, as often as it is sent.
import { createServer } from 'node:http';

/** `loses` says of how many next requests the answer is lost, after everything was written. */
export async function startReceiver() {
  const receiver = { url: '', loses: 0, written: [], end: undefined };
  const server = createServer((incoming, outgoing) => {
    const chunks = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => {
      if (incoming.method !== 'POST') return outgoing.writeHead(404).end();
      const { items } = JSON.parse(Buffer.concat(chunks).toString() || '{"items":[]}');
      if (incoming.headers['portal-dry-run'] !== 'true') receiver.written.push(...items.map(({ external }) => external.id));
      if (receiver.loses > 0) {
        receiver.loses -= 1;
        return outgoing.writeHead(500).end();
      }
      const answers = items.map(({ external }) => ({ external, status: 'created', portal_id: `remote-${external.id}`, errors: [] }));
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      return outgoing.end(JSON.stringify({ items: answers }));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver.url = `http://127.0.0.1:${server.address().port}`;
  receiver.end = () => {
    server.close();
    server.closeAllConnections();
  };
  return receiver;
}
