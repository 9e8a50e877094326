// The list of places is whole: every route is in it, and every screen has its pictures. Needs no server.
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { placesOf, routes } from './support/places.mjs';

const PICTURES = fileURLToPath(new URL('../../docs/console', import.meta.url));
const BYTES_MAX = 200 * 1024;
const ids = new Proxy({}, { get: (_, name) => `a-${String(name)}` });
const places = placesOf(ids);

describe('the places of the console', () => {
  it('has one for every route, and none that is no route', () => {
    const known = routes().map(({ path }) => path);
    assert.ok(known.length > 20, 'the router was read');
    assert.deepEqual([...new Set(places.map(({ route }) => route))].toSorted(), known.toSorted());
    for (const { route, address } of places) {
      const pattern = new RegExp(`^${route.replaceAll(/\$\w+/g, '[^/]+')}$`);
      assert.match(address.split('?')[0], pattern);
    }
  });

  it('has a picture of every screen, light and dark, and none of what is not there', () => {
    const screens = routes().filter(({ leadsOn }) => !leadsOn).map(({ path }) => path);
    const pictured = places.filter(({ picture }) => picture);
    assert.deepEqual(screens.filter((path) => !pictured.some(({ route }) => route === path)), []);
    const wanted = pictured.flatMap(({ picture }) => [`${picture}-dark.png`, `${picture}-light.png`]).toSorted();
    const there = readdirSync(PICTURES).filter((name) => name.endsWith('.png')).toSorted();
    assert.deepEqual(there, wanted, 'npm run pictures writes them');
    assert.deepEqual(there.filter((name) => statSync(`${PICTURES}/${name}`).size > BYTES_MAX), []);
  });
});
