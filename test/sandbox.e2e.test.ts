import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

import { runDrillbook } from './support/run-drillbook.ts';
import { sandboxObjects } from './support/sandbox-objects.ts';

const docker = (args: readonly string[]) => promisify(execFile)('docker', args);

test('two sandboxes run side by side, and `up`, `shell`, `reset`, `down` and `clean` work on the right one', async () => {
  const first = await runDrillbook(['sandbox', 'up']);
  const second = await runDrillbook(['sandbox', 'up']);
  const ids = [first, second].map(({ stdout }) => /^sandbox (\w+) is up/.exec(stdout)?.[1] ?? '');
  expect(new Set(ids).size).toBe(2);

  const unclear = await runDrillbook(['sandbox', 'down']);
  expect(unclear).toMatchObject({ code: 64, stderr: expect.stringContaining(ids[0] ?? '?') as string });

  const typed = ['docker compose restart worker-ai', 'docker compose stop toxiproxy', 'docker run --rm alpine true'];
  const shell = await runDrillbook(['sandbox', 'shell', ids[0] ?? ''], {
    prefix: ['bash', '-c', `printf '%s\\n' ${typed.map((line) => `'${line}'`).join(' ')} | "$0" "$@"`],
  });
  const seen = shell.stderr.split('\n').map((line) => line.trim());
  // Each order is answered once: by docker, or by us if it was skipped in silence.
  expect(seen).toContainEqual(expect.stringMatching(/-worker-ai-1 +Started$/));
  expect(seen).toContain('stop toxiproxy: left alone, because it belongs to Drillbook');
  expect(seen.filter((line) => line.includes('tried to create a container from alpine'))).toHaveLength(1);
  expect(shell.stderr).not.toContain('passed on');

  // `reset` must work although an operator has stopped the api.
  const api = `drillbook-${ids[0]}-api-1`;
  await docker(['stop', '-t', '1', api]);
  const reset = await runDrillbook(['sandbox', 'reset', ids[0] ?? '']);
  expect(reset).toMatchObject({ code: 0, stdout: expect.stringMatching(/^reset in /) as string });
  expect((await docker(['inspect', '--format', '{{.State.Health.Status}}', api])).stdout.trim()).toBe('healthy');

  expect(await runDrillbook(['sandbox', 'down', ids[0] ?? ''])).toMatchObject({ code: 0 });
  const left = await sandboxObjects();
  expect(left.filter((name) => name.includes(ids[0] ?? '?'))).toEqual([]);
  expect(left.filter((name) => name.includes(ids[1] ?? '?'))).not.toEqual([]);

  expect(await runDrillbook(['sandbox', 'clean'])).toMatchObject({ code: 0 });
  expect(await sandboxObjects()).toEqual([]);
});

test('`doctor` prints each finding', async () => {
  const { code, stdout } = await runDrillbook(['doctor', '--json']);
  const findings = JSON.parse(stdout) as readonly { readonly what: string; readonly ok: boolean }[];
  expect(findings.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['engine', 'compose', 'node', 'image redis', 'promtool', 'cores', 'memory', 'sandboxes']),
  );
  expect(code).toBe(0);
});
