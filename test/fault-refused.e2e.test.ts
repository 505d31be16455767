import { expect, test } from 'vitest';

import { scenarioOf, unmet, verify } from './support/run-drillbook.ts';
import { createSmallProject } from './support/small-project.ts';

/** The engine refuses so low a memory limit. */
const refused = `import { defineScenario } from '../../../src/index.ts';

export default defineScenario({
  id: 'a-refused-fault',
  title: 'a fault that the engine refuses',
  fault: {
    kind: 'memory-exhausted',
    service: 'worker-nurturing',
    limit: '4m',
    jobs: { queues: { names: ['churn.predict'] }, count: 1 },
  },
  recovery: [{ run: '2.1 > Solution > bash[1]' }],
});
`;

test('a fault that cannot be injected makes its scenario inconclusive, and the next scenario runs', async () => {
  await using project = await createSmallProject({ 'scenarios/a-refused-fault.scenario.ts': refused });
  const { code, report } = await verify(['--only', 'a-refused-fault', 'health'], { cwd: project.directory });
  const left = unmet(scenarioOf(report, 'a-refused-fault').checks);
  expect(left).toMatchObject({
    'fault-bit': expect.stringMatching(
      /^inconclusive: the fault took no effect: it could not be injected: .*memory/i,
    ) as string,
  });
  expect(Object.values(left).filter((told) => !told.startsWith('inconclusive: '))).toEqual([]);
  expect(scenarioOf(report, 'health').verdict).toBe('pass');
  expect(code).toBe(2);
});
