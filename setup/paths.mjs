import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The folder in which set-up keeps its files. Git ignores it, and it is safe to delete. */
export const state = join(root, '.drillbook');

/** Downloads and build contexts, kept between runs. */
export const cache = join(state, 'cache');
