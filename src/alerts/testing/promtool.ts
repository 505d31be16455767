import { execFileSync } from 'node:child_process';

import type { Promtool } from '../run-promtool.ts';

/** The machine's promtool. Tests that need it must not pass without it. */
export function requirePromtool(): Promtool {
  let text: string;
  try {
    text = execFileSync('promtool', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (cause) {
    throw new Error('this test needs promtool on the PATH; set-up installs it', { cause });
  }
  const version = /version (\d+\.\d+\.\d+)/.exec(text)?.[1];
  if (version === undefined) throw new Error(`promtool does not say its version: ${text}`);
  return { path: 'promtool', version };
}
