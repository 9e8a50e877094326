import { describe, expect, it } from 'vitest';

import { ago, count, duration, percent, sentence, words } from './format';

describe('texts for people', () => {
  it('count with the right word', () => {
    expect(count(1, 'record')).toBe('1 record');
    expect(count(1240, 'record')).toBe('1,240 records');
    expect(count(2, 'reply', 'replies')).toBe('2 replies');
  });

  it('say how long', () => {
    expect(duration(40)).toBe('40 ms');
    expect(duration(8_400)).toBe('8.4 s');
    expect(duration(61_000)).toBe('1 min 1 s');
    expect(duration(3_700_000)).toBe('1 h 1 min');
    expect(duration(Number.NaN)).toBe('–');
  });

  it('say when, and do not fail at what is no time', () => {
    const now = Date.UTC(2026, 10, 23, 12);
    expect(ago(now - 2_000, now)).toBe('just now');
    expect(ago(now - 12_000, now)).toBe('12 s ago');
    expect(ago(now - 3 * 3_600_000, now)).toBe('3 h ago');
    expect(ago(now - 86_400_000, now)).toBe('1 day ago');
    expect(ago('not a time', now)).toBe('not a time');
  });

  it('make sentences of the API’s findings', () => {
    expect(sentence('the site answers')).toBe('The site answers.');
    expect(sentence('http://a.example/ leads elsewhere')).toBe('http://a.example/ leads elsewhere.');
    expect(sentence('Why?')).toBe('Why?');
    expect(sentence(undefined)).toBe('');
  });

  it('name states', () => {
    expect(words('partly-failed')).toBe('Partly failed');
    expect(percent(0.99)).toBe('99.0 %');
  });
});
