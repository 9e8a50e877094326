import { describe, expect, it } from 'vitest';

import { byRun, mappingOf, remedyOf } from './place';
import { DAYS, lastDays } from './spark';

describe('where a failure is put right', () => {
  it('is the mapping for a field, the authorisation for credentials, and nowhere else', () => {
    expect(remedyOf({ code: 'NOT_AN_EMAIL', field: 'email', fetch: false })).toBe('mapping');
    expect(remedyOf({ code: 'FORBIDDEN_FIELD', field: 'id', fetch: false })).toBe('mapping');
    expect(remedyOf({ code: 'CREDENTIALS_REFUSED', field: null, fetch: true })).toBe('access');
    expect(remedyOf({ code: 'PORTAL_UNAUTHORIZED', field: null, fetch: false })).toBe('access');
    expect(remedyOf({ code: 'NOT_ALLOWED', field: null, fetch: true })).toBe('access');
    expect(remedyOf({ code: 'NOT_ALLOWED_BY_MODE', field: null, fetch: false })).toBeUndefined();
    expect(remedyOf({ code: 'CONNECTION_REFUSED', field: null, fetch: true })).toBeUndefined();
  });

  it('names the field and the record, whatever they are called', () => {
    expect(mappingOf('mp_1', 'e mail&x', { connection: 'cn_1', record: 'a=b' })).toBe('/mappings/mp_1?field=e+mail%26x&connection=cn_1&sample=a%3Db');
    expect(mappingOf('mp_1', 'email', undefined)).toBe('/mappings/mp_1?field=email');
  });
});

describe('what waits for a decision', () => {
  it('is counted by the run in which it is decided, most first', () => {
    expect(byRun([{ run: 'rn_1' }, { run: 'rn_2' }, { run: 'rn_2' }])).toEqual([{ run: 'rn_2', many: 2 }, { run: 'rn_1', many: 1 }]);
    expect(byRun([])).toEqual([]);
  });
});

describe('the days of a failure', () => {
  it('end today, and days without one count nothing', () => {
    const now = Date.parse('2026-03-15T00:30:00Z');
    const shown = lastDays([{ date: '2026-02-01', count: 9 }, { date: '2026-03-02', count: 4 }, { date: '2026-03-15', count: 2 }], now);
    expect(shown).toHaveLength(DAYS);
    expect(shown[0]).toEqual({ date: '2026-03-02', count: 4 });
    expect(shown.at(-1)).toEqual({ date: '2026-03-15', count: 2 });
    expect(shown.reduce((sum, { count }) => sum + count, 0)).toBe(6);
  });
});
