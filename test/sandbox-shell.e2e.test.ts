import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

import { pollUntil } from '../src/kernel/poll-until.ts';
import { projectDir, runDrillbook } from './support/run-drillbook.ts';
import { createSmallProject } from './support/small-project.ts';

/** A terminal in which `sandbox shell` runs, as a person has it. */
function openTerminal(id: string, cwd: string) {
  const command = `${process.execPath} ${path.join(projectDir, 'bin/drillbook.mjs')} sandbox shell ${id}`;
  const child = spawn('script', ['-qefc', `tty; exec ${command}`, '/dev/null'], { cwd, stdio: 'pipe' });
  let heard = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (heard += text));
  const ended = once(child, 'close');
  const hears = (what: RegExp, type = ''): Promise<RegExpExecArray> => {
    const from = heard.length;
    if (type !== '') child.stdin.write(`${type}\n`);
    return pollUntil(() => what.exec(heard.slice(from)) ?? undefined, { what: String(what), withinMs: 30_000 });
  };
  return {
    hears,
    ended: async () => (await ended)[0] as number,
    kill: () => child.kill('SIGKILL'),
    /** The terminal's device. */
    device: async () =>
      (await pollUntil(() => /^(\/dev\/\S+)/.exec(heard) ?? undefined, { what: 'a terminal', withinMs: 30_000 }))[0],
  };
}

test('`sandbox shell` has the size of its terminal, and outlives a restart of the api', async () => {
  await using project = await createSmallProject();
  const cwd = project.directory;
  const { stdout } = await runDrillbook(['sandbox', 'up'], { cwd });
  const id = /^sandbox (\w+) is up/.exec(stdout)?.[1] ?? '';
  const terminal = openTerminal(id, cwd);
  try {
    const device = await terminal.device();
    await terminal.hears(/^in \d/m, 'printf "in %s \\n" "$SHLVL"');
    for (const [rows, cols] of [
      [41, 101],
      [30, 90],
    ] as const) {
      await promisify(execFile)('stty', ['-F', device, 'rows', String(rows), 'cols', String(cols)]);
      const size = new RegExp(`^${rows} ${cols}\\r`, 'm');
      await pollUntil(() => terminal.hears(/^\d+ \d+\r/m, 'stty size').then(([said]) => size.test(said)), {
        what: `the size ${rows} by ${cols}`,
        withinMs: 20_000,
      });
    }
    await terminal.hears(/restarted 0\r/, 'cd /var/tmp; docker compose restart -t 0 api; echo "restarted $?"');
    await terminal.hears(/^\/var\/tmp\r/m, 'pwd');
    await terminal.hears(/docker compose restart/, 'history');
    await pollUntil(
      () =>
        terminal
          .hears(/^answer \d+\r/m, 'curl -so /dev/null -w "answer %{http_code}\\n" localhost:64000/metrics')
          .then(([said]) => said.includes('200')),
      {
        what: 'an answer on localhost',
        withinMs: 5000,
      },
    );
    await terminal.hears(/exit/, 'exit 7');
    expect(await terminal.ended()).toBe(7);
  } finally {
    terminal.kill();
    await runDrillbook(['sandbox', 'clean'], { cwd });
  }
});
