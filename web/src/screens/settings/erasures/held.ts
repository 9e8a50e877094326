// What a preview says of a person, in sentences. They are the same in the page and in the dialog that asks.
import type { ErasureShown, PersonHeld, WhichPerson } from '../../../api/schema';
import { count } from '../../../parts/format';

/** How the person is asked for. */
export type By = 'email' | 'record';

/** What is sent for what was typed. */
export function whichOf(by: By, typed: string): WhichPerson {
  return by === 'email' ? { email: typed.trim() } : { record: typed.trim() };
}

/** The person as whoever looks for them calls them; the API tells no name. */
export function nameOf(which: WhichPerson): string {
  return which.email ?? `the person of ${which.record ?? 'no record'}`;
}

/** All of it are users: only then is the kind of its records in Portal, and with it their address, known. */
export function isUsers({ records }: PersonHeld): boolean {
  return records.length > 0 && records.every((record) => record.split('.')[1] === 'users');
}

/** What would lose its content, counted. */
export function whatGoes(held: PersonHeld, withMentions: boolean): string[] {
  const goes = [
    `${count(held.events, 'event')} ${held.events === 1 ? 'loses its' : 'lose their'} content: ` +
      `${count(held.records.length, 'source record')} and ${count(held.portal.length, 'record')} in Portal, every revision of them.`,
    `${count(held.subjects.length, 'key')} ${held.subjects.length === 1 ? 'is' : 'are'} destroyed: backups that are made from now on hold nothing of it either.`,
  ];
  if (held.subjects.length > 1) goes.push(`${count(held.subjects.length, 'account')} share what was asked for: all of them are erased.`);
  if (withMentions && held.mentions.length > 0) {
    goes.push(`${count(held.mentions.length, 'event')} of others that ${held.mentions.length === 1 ? 'names' : 'name'} the person ${held.mentions.length === 1 ? 'loses its' : 'lose their'} whole content.`);
  }
  return goes;
}

/** What stays, and why; `named` gives a connection its name. */
export function whatStays(held: PersonHeld, withMentions: boolean, named: (connection: string) => string): string[] {
  const stays = ['That something happened, when, and by whom stays: without it the log could not be verified. It names nobody.'];
  if (!withMentions && held.mentions.length > 0) {
    stays.push(`${count(held.mentions.length, 'event')} of others ${held.mentions.length === 1 ? 'names' : 'name'} the person and ${held.mentions.length === 1 ? 'stays' : 'stay'}: the content is not theirs alone.`);
  }
  const copies = new Map<string, number>();
  for (const { connection } of held.elsewhere) copies.set(connection, (copies.get(connection) ?? 0) + 1);
  for (const [connection, copied] of copies) {
    stays.push(`${count(copied, 'copy', 'copies')} at ${named(connection)} ${copied === 1 ? 'stays' : 'stay'}: nothing can be erased there from here. Erase ${copied === 1 ? 'it' : 'them'} there.`);
  }
  stays.push('The source is not touched. While it shows the person, imports leave them out, until the erasure is lifted.');
  return stays;
}

/** The badge of an erasure: status for its look, and the word. */
export function stateOf({ state }: Pick<ErasureShown, 'state'>): { status: string; word: string } {
  if (state === 'completed') return { status: 'succeeded', word: 'Erased' };
  if (state === 'lifted') return { status: 'off', word: 'Lifted: may come back' };
  return { status: 'running', word: 'Being carried out' };
}

/** The name of the file of an export. It names nobody: files lie around. */
export function fileName(at: Date): string {
  return `person-${at.toISOString().slice(0, 19).replaceAll(':', '-')}.json`;
}
