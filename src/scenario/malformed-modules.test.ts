import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { InputError } from '../kernel/errors.ts';
import { parseConfig } from '../config/define-config.ts';
import { parseScenario } from './define-scenario.ts';
import { loadModule } from '../config/load-module.ts';
import { loadScenarios } from './load-scenarios.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');
let folder = '';

// The fixtures end in `.txt` so that the type checker and the linter do not report their mistakes.
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drillbook-malformed-'));
  for (const name of ['scenarios-broken', 'configs-broken', 'scenarios-broken/duplicate']) {
    for (const file of await readdir(path.join(fixtures, name))) {
      if (!file.endsWith('.txt')) continue;
      const prefix = name.endsWith('duplicate') ? 'twin-' : '';
      await copyFile(path.join(fixtures, name, file), path.join(folder, `${prefix}${file.slice(0, -'.txt'.length)}`));
    }
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function errorOf(work: Promise<unknown>): Promise<InputError> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (error instanceof InputError) return error;
  throw new Error('expected an InputError', { cause: error });
}

type Row = readonly [name: string, code: string, line: number, says: RegExp, next: RegExp];

describe('scenarios', () => {
  test.each<Row>([
    ['missing', 'INPUT_UNREADABLE', 1, /cannot read the scenario \(ENOENT\)/, /exists/],
    ['no-default-export', 'INPUT_NO_EXPORT', 1, /no default export/, /defineScenario/],
    ['syntax-error', 'INPUT_NOT_LOADABLE', 5, /cannot be loaded/, /shows the whole error/],
    ['bad-regexp', 'INPUT_NOT_LOADABLE', 4, /Invalid regular expression/, /shows the whole error/],
    ['unknown-fault', 'INPUT_INVALID', 4, /^fault\.kind: expected "container-killed".*, got "earthquake"/, /correct/],
    ['unknown-key', 'INPUT_INVALID', 5, /^colour: .* not known/, /remove it/],
    ['nothing-to-run', 'INPUT_INVALID', 1, /^diagnosis: .* at least one procedure/, /correct/],
    ['fault-without-recovery', 'INPUT_INVALID', 1, /^recovery: .* needs the procedure/, /correct/],
    ['maintenance-of-the-broken', 'INPUT_INVALID', 6, /^maintenance: .* on a healthy fleet/, /correct/],
    ['healing-twice', 'INPUT_INVALID', 5, /^selfHealing: .* needs no recovery/, /correct/],
    ['mended-nothing', 'INPUT_INVALID', 4, /^mendedAfter: .* no fault to be mended/, /correct/],
    ['recovery-without-fault', 'INPUT_INVALID', 1, /^fault: .* proves nothing/, /correct/],
    ['bad-duration', 'INPUT_INVALID', 7, /^health\.within: expected a duration .*, got "five minutes"/, /correct/],
    ['pattern-text', 'INPUT_INVALID', 6, /^diagnosis\.1\.shows\.0\.pattern: .*, got "PONG"/, /correct/],
    [
      'count-without-group',
      'INPUT_INVALID',
      7,
      /^diagnosis\.0\.shows\.0\.pattern: expected a group that captures/,
      /correct/,
    ],
    ['bad-id', 'INPUT_INVALID', 2, /^id: expected a kebab-case id .*, got "Bad Id"/, /correct/],
    ['bad-queues', 'INPUT_INVALID', 4, /^fault\.queues: expected "all".*, got "every"/, /correct/],
  ])('refuses %s with its key and line', async (name, code, line, says, next) => {
    const file = path.join(folder, `${name}.scenario.ts`);
    const error = await errorOf(loadModule(file, 'scenario', parseScenario));
    expect({ code: error.code, exit: error.exitCode, at: error.location }).toEqual({
      code,
      exit: 64,
      at: { file, line },
    });
    expect(error.message).toMatch(says);
    expect(error.next).toMatch(next);
  });

  test('refuses two scenarios with the same id', async () => {
    const own = await mkdtemp(path.join(folder, 'scenarios-'));
    for (const name of ['a', 'b'])
      await copyFile(path.join(folder, `twin-${name}.scenario.ts`), path.join(own, `${name}.scenario.ts`));
    const error = await errorOf(loadScenarios(own));
    const location = { file: path.join(own, 'b.scenario.ts'), line: 3 };
    expect({ code: error.code, location: error.location }).toEqual({ code: 'SCENARIO_DUPLICATE', location });
    expect(error.message).toContain(path.join(own, 'a.scenario.ts'));
  });

  test('refuses a folder without scenarios, and a folder that does not exist', async () => {
    const own = await mkdtemp(path.join(folder, 'none-'));
    expect(await errorOf(loadScenarios(own))).toMatchObject({ code: 'SCENARIOS_NONE', exitCode: 64 });
    expect(await errorOf(loadScenarios(path.join(own, 'lost')))).toMatchObject({
      code: 'SCENARIOS_UNREADABLE',
      exitCode: 64,
    });
  });
});

describe('configurations', () => {
  test('accepts the configuration that the broken ones are made of', async () => {
    const { valid } = (await import(path.join(folder, 'valid.ts'))) as { valid: unknown };
    expect(parseConfig(valid)).toMatchObject({ success: true });
  });

  test.each<Row>([
    ['syntax-error', 'INPUT_NOT_LOADABLE', 1, /cannot be loaded/, /shows the whole error/],
    ['no-default-export', 'INPUT_NO_EXPORT', 1, /no default export/, /defineConfig/],
    ['missing-keys', 'INPUT_INVALID', 1, /^scenarios: expected string, got undefined \(and 5 more\)/, /correct/],
    ['wrong-type', 'INPUT_INVALID', 7, /^load\.jobsPerSecond: expected number, got string/, /correct/],
    ['unknown-key', 'INPUT_INVALID', 5, /^colour: .* not known/, /remove it/],
    ['time-scale', 'INPUT_INVALID', 5, /^timeScale: .*<=60, got 600/, /correct/],
    [
      'threshold-no-range',
      'INPUT_INVALID',
      7,
      /^thresholds\.rate\.normal: the unit is missing; .*, got `> 10`/,
      /correct/,
    ],
    ['redact-text', 'INPUT_INVALID', 5, /^redact\.1: expected a regular expression .*, got "hunter2"/, /correct/],
    ['redact-empty', 'INPUT_INVALID', 5, /^redact\.1: .* does not match an empty text, got \/x\*\//, /correct/],
    ['service-twice', 'INPUT_INVALID', 5, /^services: the service worker is named twice/, /correct/],
    ['queue-twice', 'INPUT_INVALID', 8, /^fleet\.queues\.1\.name: queue mail\.send is listed twice/, /correct/],
    ['queue-colon', 'INPUT_INVALID', 5, /^fleet\.queues\.0\.name: .*colon/, /correct/],
    [
      'queue-of-unknown-service',
      'INPUT_INVALID',
      5,
      /^fleet\.queues\.0\.service: worker-nowhere is not one of services\.workers \(worker\)/,
      /correct/,
    ],
  ])('refuses %s with its key and line', async (name, code, line, says, next) => {
    const file = path.join(folder, `${name}.ts`);
    const error = await errorOf(loadModule(file, 'configuration', parseConfig));
    expect({ code: error.code, exit: error.exitCode, at: error.location }).toEqual({
      code,
      exit: 64,
      at: { file, line },
    });
    expect(error.message).toMatch(says);
    expect(error.next).toMatch(next);
  });
});
