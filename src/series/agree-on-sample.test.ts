import { expect, test } from 'vitest';

import { agreeOnSample } from './agree-on-sample.ts';

const sample = { size: 40, seed: 7 };

test('a continued series draws as before', () => {
  expect(agreeOnSample(undefined, { sample }, 'm.json')).toEqual(sample);
  expect(agreeOnSample({ size: 40, seed: 7 }, { sample }, 'm.json')).toEqual(sample);
  expect(agreeOnSample(undefined, {}, 'm.json')).toBeUndefined();
  expect(agreeOnSample(sample, undefined, 'm.json')).toEqual(sample);
});

test('a continued series may draw more, and does not forget what it drew', () => {
  expect(agreeOnSample({ size: 60, seed: 7 }, { sample }, 'm.json')).toEqual({ size: 60, seed: 7 });
  expect(agreeOnSample({ size: 10, seed: 7 }, { sample }, 'm.json')).toEqual(sample);
});

test('another seed, or a sample of a series that took all, is refused', () => {
  expect(() => agreeOnSample({ size: 40, seed: 8 }, { sample }, 'm.json')).toThrow(/seed 7, not 8/);
  expect(() => agreeOnSample(sample, {}, 'm.json')).toThrow(/all mutants/);
});
