import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import type { PageScripts } from './render-frame.ts';

/** Reads the files that each page carries. */
export async function readPageScripts(): Promise<PageScripts> {
  const [page, player, playerStyle] = await Promise.all([
    readFile(new URL('../../../page/page.js', import.meta.url), 'utf8'),
    readFile(fileURLToPath(import.meta.resolve('asciinema-player/dist/bundle/asciinema-player.min.js')), 'utf8'),
    readFile(fileURLToPath(import.meta.resolve('asciinema-player/dist/bundle/asciinema-player.css')), 'utf8'),
  ]);
  return { page, player, playerStyle };
}
