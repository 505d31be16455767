import { expect, test } from 'vitest';

import { parseRunbook } from '../runbook/parse-runbook.ts';
import type { ExcusingKey } from '../runbook/runbook.ts';
import { withAllowedAnnotation } from './allowed-annotation.ts';

const annotated = [
  '# R',
  '',
  '## 1. Logs',
  '',
  '<!-- drillbook: id=logs expect-exit=1 timeout=90s -->',
  '```bash',
  'docker compose logs',
  '```',
].join('\n');

async function allow(step: readonly ExcusingKey[], config: readonly { at: string; allow: ExcusingKey[] }[] = []) {
  const runbook = await parseRunbook(annotated, 'runbook.md');
  const [block] = runbook.procedures;
  if (!block) throw new Error('the runbook has no block');
  const { procedure, ignored } = withAllowedAnnotation(block, step, runbook, { annotations: [...config], labels: {} });
  return { ignored, annotation: procedure.annotation };
}

test('an annotation counts for nothing but its id, unless the project allows more', async () => {
  expect(await allow([])).toEqual({
    ignored: ['timeout', 'expect-exit'],
    annotation: { id: 'logs', skip: undefined, answers: undefined, timeoutMs: undefined, expectExit: undefined },
  });
});

test('the step and the configuration each allow single keys for a block', async () => {
  expect(await allow(['timeout'])).toMatchObject({ ignored: ['expect-exit'], annotation: { timeoutMs: 90_000 } });
  const config = [{ at: '#logs', allow: ['expect-exit' as const] }];
  expect(await allow(['timeout'], config)).toMatchObject({
    ignored: [],
    annotation: { timeoutMs: 90_000, expectExit: 1 },
  });
  expect(await allow([], [{ at: '#other', allow: ['expect-exit'] }])).toMatchObject({
    ignored: ['timeout', 'expect-exit'],
  });
});
