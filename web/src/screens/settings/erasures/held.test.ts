import { describe, expect, it } from 'vitest';

import type { PersonHeld } from '../../../api/schema';
import { fileName, isUsers, nameOf, stateOf, whatGoes, whatStays, whichOf } from './held';

const ONE: PersonHeld = {
  found: true,
  subjects: ['cn_a.users.7'],
  addresses: 1,
  records: ['cn_a.users.7'],
  portal: ['po_1'],
  events: 2,
  mentions: [],
  elsewhere: [],
};

describe('who is asked for', () => {
  it('is sent as exactly one of both, without the space around it', () => {
    expect(whichOf('email', ' a@b.example ')).toEqual({ email: 'a@b.example' });
    expect(whichOf('record', ' cn_a.users.7')).toEqual({ record: 'cn_a.users.7' });
  });

  it('is called as he was asked for', () => {
    expect(nameOf({ email: 'a@b.example' })).toBe('a@b.example');
    expect(nameOf({ record: 'cn_a.users.7' })).toBe('the person of cn_a.users.7');
  });
});

describe('what was found', () => {
  it('leads to records only where their kind is known', () => {
    expect(isUsers(ONE)).toBe(true);
    expect(isUsers({ ...ONE, records: ['cn_a.users.7', 'cn_a.comments.3'] })).toBe(false);
    expect(isUsers({ ...ONE, records: [] })).toBe(false);
  });
});

describe('what would go', () => {
  it('is counted', () => {
    const [first, keys, ...more] = whatGoes(ONE, false);
    expect(first).toBe('2 events lose their content: 1 source record and 1 record in Portal, every revision of them.');
    expect(keys).toMatch(/^1 key is destroyed/);
    expect(more).toEqual([]);
  });

  it('says when several share an address', () => {
    expect(whatGoes({ ...ONE, subjects: ['cn_a.users.7', 'cn_a.users.8'] }, false)).toContain('2 accounts share what was asked for: all of them are erased.');
  });

  it('holds the content of others only when that is chosen', () => {
    const held = { ...ONE, mentions: [{ position: 9, stream: 'record-cn_a.posts.3' }] };
    expect(whatGoes(held, false).join(' ')).not.toMatch(/of others/);
    expect(whatStays(held, false, String).join(' ')).toMatch(/1 event of others names the person and stays/);
    expect(whatGoes(held, true).join(' ')).toMatch(/1 event of others that names the person loses its whole content/);
    expect(whatStays(held, true, String).join(' ')).not.toMatch(/of others/);
  });
});

describe('what would stay', () => {
  it('counts copies elsewhere by connection, with its name', () => {
    const copy = { connection: 'cn_e', id: '1', record: 'cn_a.users.7' };
    const stays = whatStays({ ...ONE, elsewhere: [copy, { ...copy, id: '2' }] }, false, () => 'Elsewhere');
    expect(stays.join(' ')).toMatch(/2 copies at Elsewhere stay: .* Erase them there\./);
  });
});

describe('an erasure', () => {
  it('has a word for each state', () => {
    expect(['open', 'completed', 'lifted'].map((state) => stateOf({ state }).word)).toEqual(['Being carried out', 'Erased', 'Lifted: may come back']);
  });

  it('leads to a file whose name tells nothing', () => {
    expect(fileName(new Date('2026-11-24T10:20:30.400Z'))).toBe('person-2026-11-24T10-20-30.json');
  });
});
