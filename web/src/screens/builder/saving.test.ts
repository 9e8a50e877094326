import { describe, expect, it } from 'vitest';
import { begin, record, redo, undo } from './history';
import { type Happened, type Saving, inWords, nextSend, opened, step } from './saving';

const same = (a: string, b: string) => a === b;
const play = (state: Saving<string>, ...events: Happened<string>[]) => events.reduce((at, event) => step(at, event, same), state);
const edit = (document: string): Happened<string> => ({ kind: 'edited', document });

describe('saving a draft', () => {
  it('saves a moment after an edit, and counts the draft up', () => {
    const waiting = play(opened('a', 3), edit('b'));
    expect([waiting.status, nextSend(waiting)]).toEqual(['waiting', 600]);
    const sent = play(waiting, { kind: 'sent' });
    expect([sent.sent, nextSend(sent)]).toEqual(['b', undefined]);
    expect(play(sent, { kind: 'stored', changed: true })).toMatchObject({ status: 'saved', number: 4, stored: 'b' });
  });

  it('sends what was edited meanwhile', () => {
    const meanwhile = play(opened('a', 3), edit('b'), { kind: 'sent' }, edit('c'), { kind: 'stored', changed: true });
    expect(meanwhile).toMatchObject({ status: 'waiting', number: 4, stored: 'b', mine: 'c' });
    expect(nextSend(meanwhile)).toBe(600);
  });

  it('is saved again when an edit is taken back', () => {
    expect(play(opened('a', 3), edit('b'), edit('a')).status).toBe('saved');
  });

  it('tries again, ever more slowly, and says so until it worked', () => {
    let state = play(opened('a', 1), edit('b'), { kind: 'sent' }, { kind: 'unreachable' });
    expect([inWords(state), nextSend(state)]).toEqual(['Not saved, retrying', 1000]);
    for (const wait of [2000, 4000, 8000, 15000, 15000]) {
      state = play(state, { kind: 'sent' }, { kind: 'unreachable' });
      expect(nextSend(state)).toBe(wait);
    }
    state = play(state, edit('c'));
    expect(inWords(state)).toBe('Not saved, retrying');
    expect(inWords(play(state, { kind: 'sent' }, { kind: 'stored', changed: true }))).toBe('Saved');
  });

  it('does not write over an edit from elsewhere', () => {
    const conflict = play(opened('a', 1), edit('b'), { kind: 'sent' }, { kind: 'overtaken', document: 'x', number: 2 });
    expect(conflict).toMatchObject({ status: 'conflict', theirs: { document: 'x', number: 2 }, mine: 'b' });
    expect(nextSend(conflict)).toBeUndefined();
    expect(play(conflict, { kind: 'take-theirs' })).toMatchObject({ status: 'saved', mine: 'x', number: 2 });
    const kept = play(conflict, edit('bb'), { kind: 'keep-mine' });
    expect(kept).toMatchObject({ status: 'waiting', mine: 'bb', number: 2 });
  });

  it('knows its own edit again when the answer was lost', () => {
    const lost = play(opened('a', 1), edit('b'), { kind: 'sent' }, { kind: 'overtaken', document: 'b', number: 2 });
    expect(lost).toMatchObject({ status: 'saved', number: 2 });
  });

  it('shows the edit from elsewhere at once when nothing was edited here', () => {
    expect(play(opened('a', 1), { kind: 'overtaken', document: 'x', number: 2 })).toMatchObject({ status: 'saved', mine: 'x' });
  });

  it('keeps a refused document and says why', () => {
    const refused = play(opened('a', 1), edit('b'), { kind: 'sent' }, { kind: 'refused', why: 'too large' });
    expect([refused.status, refused.refusal, nextSend(refused)]).toEqual(['refused', 'too large', undefined]);
    expect(play(refused, edit('c')).status).toBe('waiting');
  });
});

describe('undo and redo', () => {
  it('goes back and forth with what was done', () => {
    const history = record(record(begin('a'), 'b', 'Add Filter'), 'c', 'Remove Filter');
    const back = undo(history);
    expect([back?.history.present, back?.undone]).toEqual(['b', 'Remove Filter']);
    const again = back && redo(back.history);
    expect([again?.history.present, again?.redone]).toEqual(['c', 'Remove Filter']);
    expect(undo(begin('a'))).toBeUndefined();
    expect(redo(history)).toBeUndefined();
  });

  it('joins typing into one step, and forgets what was undone when something else is done', () => {
    let history = begin('');
    for (const [n, text] of ['p', 'po', 'pos', 'post'].entries()) history = record(history, text, 'Rename', 'name', n * 100);
    expect(undo(history)?.history.present).toBe('');
    history = record(history, 'posts', 'Rename', 'name', 5_000);
    expect(undo(history)?.history.present).toBe('post');
    const back = undo(history);
    if (!back) throw new Error('nothing to undo');
    expect(record(back.history, 'x', 'Other').future).toEqual([]);
  });
});
