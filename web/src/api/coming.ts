import type { Paths } from './schema';

/** Every operation the console may call. */
export type AllPaths = Paths;
