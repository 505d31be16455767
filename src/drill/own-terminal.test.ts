import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

import { pollUntil } from '../kernel/poll-until.ts';

const program = path.join(import.meta.dirname, 'testing/play-here.ts');
const server = `drillbook-test-${process.pid}`;
const hasTmux = spawnSync('tmux', ['-V']).status === 0;

async function tmux(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('tmux', ['-L', server, ...args])).stdout;
}

async function untilScreen(shows: RegExp): Promise<string> {
  let screen = '';
  const look = async (): Promise<boolean> => {
    screen = await tmux('capture-pane', '-p', '-t', 'drill');
    return shows.test(screen);
  };
  await pollUntil(look, { what: `${String(shows)} on the screen`, withinMs: 20_000, everyMs: 50 });
  return screen;
}

test.skipIf(!hasTmux)('keys reach the shell, Ctrl-C too, and the terminal is given back as it was', async () => {
  const command = `stty -g; '${process.execPath}' '${program}'; stty -g; sleep 60`;
  await tmux('-f', '/dev/null', 'new-session', '-d', '-s', 'drill', '-x', '100', '-y', '30', command);
  try {
    const type = (...keys: readonly string[]): Promise<string> => tmux('send-keys', '-t', 'drill', ...keys);
    await untilScreen(/oncall \S+ [$#]$/m);
    await type('echo "sum $((40 + 2)) ă"', 'Enter');
    await untilScreen(/^sum 42 ă$/m);
    // Ctrl-C ends only a program that runs already, so this one first says that it does.
    await type(`bash -c 'echo "runs $((6 * 7))"; exec sleep 60'`, 'Enter');
    await untilScreen(/^runs 42$/m);
    await type('C-c');
    await type('stty size', 'Enter');
    await untilScreen(/^30 100$/m);
    await tmux('resize-window', '-t', 'drill', '-x', '90', '-y', '25');
    await type('drill page', 'Enter');
    await untilScreen(/^heard page$/m);
    await type('exit', 'Enter');
    await untilScreen(/here is a new one[^]*oncall \S+ [$#]$/m);
    await type('drill giveup', 'Enter');
    const screen = await untilScreen(/given back\n[0-9a-f:]+\n/);
    const settings = screen.match(/^[0-9a-f]+(?::[0-9a-f]+){10,}/gm) ?? [];
    expect(settings).toHaveLength(2);
    expect(settings[1]).toBe(settings[0]);
  } finally {
    await tmux('kill-server');
  }
});
