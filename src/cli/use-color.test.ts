import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { useColor } from './use-color.ts';

beforeEach(() => {
  vi.stubEnv('CI', undefined);
  vi.stubEnv('NO_COLOR', undefined);
});
afterEach(() => void vi.unstubAllEnvs());

test('uses colour on a terminal', () => {
  expect(useColor({ isTTY: true })).toBe(true);
});

test('uses no colour without a terminal', () => {
  expect(useColor({})).toBe(false);
});

test.each(['CI', 'NO_COLOR'])('uses no colour if %s is set', (name) => {
  vi.stubEnv(name, '1');
  expect(useColor({ isTTY: true })).toBe(false);
});
