import { describe, expect, it } from 'vitest';

import { actorName } from './actor';

const connection = (id: string) => ({ cn_a: 'My shop' })[id] ?? id;
const name = (actor: string) => actorName(actor, connection);

describe('who did it', () => {
  it('is a part of the product, a key, a run or a connection', () => {
    expect(name('schedule')).toBe('The schedule');
    expect(name('token:local')).toBe('This machine');
    expect(name('token:tk_1')).toBe('Access key tk_1');
    expect(name('run:rn_1')).toBe('Run rn_1');
    expect(name('hook:cn_a')).toBe('Webhook of My shop');
    expect(name('inbox:cn_b')).toBe('Messages of cn_b');
    expect(name('watch:cn_a.posts')).toBe('Changes of posts at My shop');
  });

  it('is what the log says when nobody knows better', () => {
    expect(name('toString')).toBe('toString');
    expect(name('something:new')).toBe('something:new');
  });
});
