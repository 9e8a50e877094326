import { count } from '../../parts/format';

/** What stands below the number of open failures. Reasons and records are two things, and so are what failed and what waits. */
export function aboutFailures(open: number, undecided: number): string {
  if (open === 0) return 'no record fails';
  if (undecided === 0) return open === 1 ? 'reason why records fail' : 'reasons why records fail';
  return `${count(undecided, 'record')} ${undecided === 1 ? 'waits' : 'wait'} for a decision`;
}
