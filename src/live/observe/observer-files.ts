import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { observerStyle } from './observer-page.ts';

/** The files that the page asks for, by their names. */
export type ObserverFiles = Readonly<Record<string, { readonly type: string; readonly text: string }>>;

export async function readObserverFiles(): Promise<ObserverFiles> {
  const player = (name: string): Promise<string> =>
    readFile(fileURLToPath(import.meta.resolve(`asciinema-player/dist/bundle/${name}`)), 'utf8');
  const [script, style, own] = await Promise.all([
    player('asciinema-player.min.js'),
    player('asciinema-player.css'),
    readFile(new URL('../../../page/observe.js', import.meta.url), 'utf8'),
  ]);
  const [scriptType, styleType] = ['text/javascript; charset=utf-8', 'text/css; charset=utf-8'];
  return {
    'player.js': { type: scriptType, text: script },
    'observe.js': { type: scriptType, text: own },
    'player.css': { type: styleType, text: style },
    'observe.css': { type: styleType, text: observerStyle },
  };
}
