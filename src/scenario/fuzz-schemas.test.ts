import { describe, expect, test } from 'vitest';

import { fuzz } from '../kernel/testing/fuzz.ts';
import { parseScenario } from './define-scenario.ts';
import { parseDuration } from '../kernel/duration.ts';
import { readModule } from '../config/load-module.ts';

const target = new URL('testing/fuzz-schemas.ts', import.meta.url);

test.each(['scenario', 'configuration'])(
  'reads any %s or refuses it with its line',
  { timeout: 300_000 },
  async (name) => {
    const { runs, grewBytes } = await fuzz(target, name, { runs: 1000, seed: 4 });
    expect(runs).toBe(1000);
    expect(grewBytes).toBeLessThan(4 * 2 ** 20);
  },
);

describe('inputs that broke an earlier version', () => {
  const circle: Record<string, unknown> = {};
  circle['circle'] = circle;
  test.each([
    ['a circle', circle],
    ['a big integer', { kind: 1n }],
    ['a symbol', Symbol('s')],
  ])('reports %s in place of a value', (_, fault) => {
    const input = { id: 'a', title: 'a', fault: [fault], recovery: [{ run: '1' }] };
    const read = (): unknown => readModule(input, 'fault: 1', 'x.ts', 'scenario', parseScenario);
    expect(read).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', location: { file: 'x.ts', line: 1 } }) as Error,
    );
  });

  test('refuses a duration that is too long for a timer', () => {
    expect(parseDuration('168h')).toBe(604_800_000);
    expect(parseDuration('169h')).toBeUndefined();
    expect(parseDuration(`${'9'.repeat(400)}s`)).toBeUndefined();
  });
});
