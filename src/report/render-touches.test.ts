import { expect, test } from 'vitest';

import type { ScenarioReport } from '../verdict/run-report.ts';
import { report } from './testing/sample-report.ts';
import { renderTouches } from './render-touches.ts';

function renderOne(touched: ScenarioReport['touched']): string {
  const [scenario] = report().scenarios;
  if (!scenario) throw new Error('the sample has no scenario');
  return renderTouches({ scenarios: [{ ...scenario, id: 'restart-all', ...(touched ? { touched } : {}) }] });
}

test('prints what was touched as a scenario states it', () => {
  expect(
    renderOne({ services: ['worker-a', 'worker-b'], servicesAtOnce: 1, queues: ['mail'], redis: ['config|set'] }),
  ).toContain(
    "// restart-all\ntouches: { services: ['worker-a', 'worker-b'], servicesAtOnce: 1, queues: { names: ['mail'] }, redis: ['config|set'] },",
  );
});

test('says when nothing was touched, and when the record does not show it', () => {
  expect(renderOne({ services: [], queues: [], redis: [] })).toContain('// restart-all: nothing');
  expect(renderOne(undefined)).toContain('does not show');
});
