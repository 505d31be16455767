import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's own folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What set-up keeps: ignored by git, safe to delete. */
export const state = join(root, '.drillbook');

/** Downloads and half-made things, kept between runs. */
export const cache = join(state, 'cache');
