const NUMBER = new Intl.NumberFormat('en');
const ONE_DIGIT = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function number(value: number): string {
  return NUMBER.format(value);
}

/** "1 record", "1,240 records". */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${NUMBER.format(value)} ${value === 1 ? one : many}`;
}

/** Of a share between 0 and 1: "99.0 %". */
export function percent(share: number): string {
  return `${ONE_DIGIT.format(share * 100)} %`;
}

export function duration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '–';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 60) return `${ONE_DIGIT.format(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const ABSOLUTE = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});
const SHORT = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

export function absolute(at: string | number | Date): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : ABSOLUTE.format(date);
}

/** "20 Nov, 08:15". */
export function shortTime(at: string | number | Date): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : SHORT.format(date);
}

export function clock(at: string | number | Date): string {
  return CLOCK.format(new Date(at));
}

/** "12 s ago", "3 h ago", and from a week on the date. */
export function ago(at: string | number | Date, now = Date.now()): string {
  const then = new Date(at).getTime();
  if (Number.isNaN(then)) return String(at);
  const seconds = Math.round((now - then) / 1_000);
  if (seconds < -5) return `at ${shortTime(then)}`;
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  if (seconds < 7 * 86_400) return count(Math.floor(seconds / 86_400), 'day') + ' ago';
  return shortTime(then);
}

/** Words for an identifier: `partly-failed` is "Partly failed", `NOT_AN_EMAIL` stays a code. */
export function words(id: string): string {
  const text = id.replaceAll(/[-_.]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The API's sentences begin in lower case and end without a full stop. */
export function sentence(text: string | null | undefined): string {
  const trimmed = (text ?? '').trim();
  if (!trimmed) return '';
  // An address or a name with a dot at the beginning stays as it is written.
  const begin = /^\S*[/:.\d]/.test(trimmed) ? trimmed.charAt(0) : trimmed.charAt(0).toUpperCase();
  return begin + trimmed.slice(1) + (/[.!?…]$/.test(trimmed) ? '' : '.');
}

export function bytes(size: number): string {
  return size < 1_024 ? `${size} bytes` : `${ONE_DIGIT.format(size / 1_024)} KB`;
}
