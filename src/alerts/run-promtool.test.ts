import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { evaluateAlerts } from './evaluate.ts';
import type { EvaluationOptions } from './ask-promtool.ts';
import { segmentOf } from './testing/segment.ts';

let folder: string;
let temporary: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drillbook-test-'));
  temporary = path.join(folder, 'tmp');
  await mkdir(temporary);
  vi.stubEnv('TMPDIR', temporary);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  // What promtool got is removed, however it ended.
  const left = await readdir(temporary);
  if (left.length > 0) throw new Error(`${left.join(', ')} is left behind`);
  await rm(folder, { recursive: true });
});

/** Asks a program of ours in the place of promtool. */
async function askScript(script: string, options?: EvaluationOptions) {
  const file = path.join(folder, 'promtool');
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return ask(file, options);
}

function ask(file: string, options?: EvaluationOptions) {
  const rule = { name: 'High', expr: 'm > 5', for: undefined, keepFiringFor: undefined, labels: {} };
  const grid = { intervalMs: 60_000, phaseMs: 0 };
  return evaluateAlerts({ path: file, version: '3.5.3' }, segmentOf(60, []), [rule], grid, options);
}

const answers = [0, 1]
  .map((number) => `    expr: "ALERTS", time: ${number}m,\n        exp: {question="${number}"} 1E+00\n        got: nil`)
  .join('\n');
const print = (text: string): string => `cat >&2 <<'END'\n  FAILED:\n${text}\nEND`;

test('it takes the answers of a test run in which every test failed', async () => {
  const outcomes = await askScript(`test -f rules.yml && test -f test.yml || exit 9\n${print(answers)}\nexit 1`);
  expect(outcomes).toMatchObject([{ alerts: [] }]);
});

test.for<readonly [what: string, script: string, message: RegExp]>([
  ['says that all tests passed', 'echo "  SUCCESS"', /code 0/],
  ['crashes', 'echo "panic: x" >&2; exit 2', /code 2/],
  ['crashes after its answers', `${print(answers)}\nexit 2`, /code 2/],
  ['is killed', 'kill -9 $$', /SIGKILL/],
  ['prints nothing', 'exit 1', /0 answers to 2/],
  ['prints something else', 'echo "no such command" >&2; exit 1', /no such command/],
  ['leaves out an answer', `${print(answers.slice(0, answers.lastIndexOf('\n    expr')))}\nexit 1`, /1 answers to 2/],
  ['blames a rule that it did not get', `${print('    rule: r7, time: 0s, err: x')}\nexit 1`, /names a rule/],
])('it reports a promtool that %s', async ([, script, message]) => {
  await expect(askScript(script)).rejects.toThrow(message);
  await expect(askScript(script)).rejects.toMatchObject({ code: 'PROMTOOL_FAILED' });
});

test('it reports a promtool that cannot be started', async () => {
  await expect(ask(path.join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'PROMTOOL_FAILED' });
  await expect(ask(temporary)).rejects.toMatchObject({ code: 'PROMTOOL_FAILED' });
});

test('it ends a promtool that takes too long', async () => {
  await expect(askScript('exec sleep 60', { withinMs: 200 })).rejects.toMatchObject({ code: 'DEADLINE' });
});

test('it ends promtool when the caller aborts, and throws the reason', async () => {
  const controller = new AbortController();
  const asked = askScript(`echo started > '${folder}/started'\nexec sleep 60`, { signal: controller.signal });
  await vi.waitUntil(async () => (await readdir(folder)).includes('started'), { timeout: 20_000 });
  controller.abort(new Error('Ctrl-C'));
  await expect(asked).rejects.toThrow('Ctrl-C');
  await expect(askScript('exit 1', { signal: controller.signal })).rejects.toThrow('Ctrl-C');
});
