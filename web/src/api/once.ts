// A command is done once, however often it is asked for before its answer is known: pressed twice, or again after the
// answer was lost.
import { newKey } from './client';
import { ApiError } from './problem';

interface Open<A> {
  readonly command: string;
  readonly key: string;
  answer: Promise<A> | undefined;
}

/** Runs a command with its idempotency key. The same command under way gets the same answer; another is another. */
export function onceAtATime<A>(): (command: unknown, run: (key: string) => Promise<A>) => Promise<A> {
  let open: Open<A> | undefined;
  return (command, run) => {
    const said = JSON.stringify(command);
    if (open?.command === said && open.answer) return open.answer;
    const mine: Open<A> = { command: said, key: open?.command === said ? open.key : newKey(), answer: undefined };
    const forget = () => {
      if (open === mine) open = undefined;
    };
    open = mine;
    mine.answer = run(mine.key).then(
      (answer) => {
        forget();
        return answer;
      },
      (error: unknown) => {
        mine.answer = undefined;
        if (!isLost(error)) forget();
        throw error;
      },
    );
    return mine.answer;
  };
}

/** Whether the command may have been done all the same. */
function isLost(error: unknown): boolean {
  return error instanceof ApiError && (error.isOffline || error.status >= 500 || error.code === 'UNEXPECTED_ANSWER');
}
