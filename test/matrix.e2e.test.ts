import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import { matrixRecord } from '../src/series/run-matrix.ts';
import { projectDir, runDrillbook } from './support/run-drillbook.ts';
import { createSmallProject } from './support/small-project.ts';

const resume = `
### 2.2 Queue paused

**Solution:**

\`\`\`bash
docker compose exec -T api node -e '
const { Queue } = require("bullmq");
(async () => {
  const queue = new Queue("churn.predict", { connection: { host: "redis" } });
  await queue.resume();
  await queue.close();
})();
'
\`\`\`

## 3. Monitoring`;

const scenario = `import { defineScenario } from '../../../src/index.ts';

const queues = { names: ['churn.predict'] };
export default defineScenario({
  id: 'queue-paused',
  title: 'a queue is paused',
  fault: { kind: 'queues-paused', queues },
  symptoms: [{ claim: 'paused', queues, value: true }],
  recovery: [{ run: '2.2 > Solution > bash[1]' }],
  health: { queues, sustain: '10s', within: '30s' },
});
`;

test('the matrix runs every recovery against every fault that it was not written for', async () => {
  const runbook = await readFile(path.join(projectDir, 'fixtures/small-fleet/runbook.md'), 'utf8');
  await using project = await createSmallProject({
    'runbook.md': runbook.replace('\n## 3. Monitoring', resume),
    'scenarios/queue-paused.scenario.ts': scenario,
  });
  const cwd = project.directory;
  const run = await runDrillbook(['matrix'], { cwd });
  expect(run.stdout, run.stderr).toMatch(/^2 of 2 cells: 0 cures, 2 no-effect, 0 harms, 0 inconclusive$/m);
  expect(run.code).toBe(0);
  const file = path.join(cwd, /^record: (.+)$/m.exec(run.stderr)?.[1] ?? '');
  const { cells } = matrixRecord.parse(JSON.parse(await readFile(file, 'utf8')));
  expect(cells.map(({ fault, procedure, fate }) => [fault, procedure, fate])).toEqual([
    ['queue-paused', 'worker-down', 'no-effect'],
    ['worker-down', 'queue-paused', 'no-effect'],
  ]);
  expect(cells[0]?.reason).toMatch(/the queue churn\.predict is paused/);

  const resumed = await runDrillbook(['matrix', '--resume', path.dirname(file)], { cwd });
  expect(resumed.stdout).toMatch(/^\s*2 of 2 cells/);
  expect(resumed.code).toBe(0);
});
