import { expect, test } from 'vitest';

import { parseRunbook } from '../runbook/parse-runbook.ts';
import { affectedScenarios } from './affected-scenarios.ts';
import type { LoadedScenario } from './load-scenarios.ts';

const runbook = await parseRunbook(
  `# R

## 1. Worker down

**Diagnosis:**

\`\`\`bash
docker compose ps
\`\`\`

**Solution:**

\`\`\`bash
docker compose restart worker
\`\`\`

\`\`\`bash
docker compose up -d worker
\`\`\`
`,
  'r.md',
);
const [ps = '', restart = '', up = ''] = runbook.procedures.map(({ address }) => address);

type Steps = Pick<LoadedScenario, 'id' | 'diagnosis' | 'recovery' | 'maintenance'>;

/** A scenario with nothing but the selectors of its steps. */
function scenario(id: string, selectors: Partial<Record<'diagnosis' | 'recovery' | 'maintenance', string[]>>): Steps {
  const steps = (runs: readonly string[] = []) => runs.map((run) => ({ run })) as unknown as Steps['recovery'];
  return {
    id,
    diagnosis: steps(selectors.diagnosis),
    recovery: steps(selectors.recovery),
    maintenance: steps(selectors.maintenance),
  };
}

const idsOf = (address: string, scenarios: readonly Steps[]): readonly string[] =>
  affectedScenarios(address, scenarios, runbook).map(({ id }) => id);

test('a scenario is affected if a step of any kind runs the block', () => {
  const scenarios = [
    scenario('diagnoses', { diagnosis: ['1 > Diagnosis > bash[1]'] }),
    scenario('recovers', { recovery: ['1 > Solution > bash[1]'] }),
    scenario('maintains', { maintenance: ['1 > Solution > bash[2]'] }),
  ];
  expect(idsOf(ps, scenarios)).toEqual(['diagnoses']);
  expect(idsOf(restart, scenarios)).toEqual(['recovers']);
  expect(idsOf(up, scenarios)).toEqual(['maintains']);
});

test('a selector may name the block in another way, or several blocks at once', () => {
  const scenarios = [
    scenario('last', { recovery: ['Worker down > Solution > bash[last]'] }),
    scenario('all', { recovery: ['1 > Solution > bash[all]'] }),
  ];
  expect(idsOf(up, scenarios)).toEqual(['last', 'all']);
  expect(idsOf(restart, scenarios)).toEqual(['all']);
});

test('a selector that matches nothing affects nothing, and the other steps still count', () => {
  const scenarios = [scenario('stale', { recovery: ['9 > Solution > bash[1]', '1 > Solution > bash[1]'] })];
  expect(idsOf(restart, scenarios)).toEqual(['stale']);
  expect(idsOf(up, scenarios)).toEqual([]);
});

test('a block that no scenario runs affects none', () => {
  expect(idsOf('2 > Solution > bash[1]', [scenario('recovers', { recovery: ['1 > Solution > bash[1]'] })])).toEqual([]);
});
