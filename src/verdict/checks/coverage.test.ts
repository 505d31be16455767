import { expect, test } from 'vitest';

import type { CoverageRule, HistoryEvent, PlannedStep } from '../../history/events.ts';
import type { Check } from '../run-report.ts';
import { judgeEvents } from '../testing/judge-recording.ts';
import { diagnosis, file, recordRun, recovery, type Recording } from '../testing/record-run.ts';

const extra = '9.9 > bash[1]';

/** Judges a run of all scenarios on a runbook with one more block, which no scenario runs. */
async function coverage(
  coverageRule: CoverageRule | undefined,
  { blocks = [], ...recording }: Recording & { readonly blocks?: readonly string[] } = {},
): Promise<Check | undefined> {
  const events = recordRun(recording).map((event): HistoryEvent => {
    if (event.type !== 'run.started') return event;
    const section = { number: '9.9', title: 'New', line: 70, endLine: 79, procedures: blocks };
    const runbook = {
      ...event.runbook,
      sections: [...event.runbook.sections, section],
      blocks: blocks.map((address) => ({ address, location: { file, line: 72 } })),
    };
    return { ...event, runbook, ...(coverageRule ? { coverage: coverageRule } : {}) };
  });
  return (await judgeEvents(events)).checks.find(({ id }) => id === 'coverage');
}

const all: CoverageRule = { excused: [] };

test('passes when every block was run and judged', async () => {
  expect(await coverage(all)).toMatchObject({ verdict: 'pass' });
});

test('is inconclusive, at its line, when no scenario runs a block', async () => {
  expect(await coverage(all, { blocks: [extra] })).toMatchObject({
    verdict: 'inconclusive',
    message: `no scenario runs ${extra}`,
    locations: [{ file, line: 72 }],
  });
});

test('is not asked when only some scenarios were chosen', async () => {
  expect(await coverage(undefined, { blocks: [extra] })).toBeUndefined();
});

test('passes with the reason when the configuration excuses the block', async () => {
  const excused = [{ at: '9.9', why: 'needs a second region', addresses: [extra] }];
  expect(await coverage({ excused }, { blocks: [extra] })).toMatchObject({
    verdict: 'pass',
    message: expect.stringContaining('needs a second region') as string,
  });
});

test('is inconclusive when the configuration excuses a block that is not there', async () => {
  const excused = [{ at: '9.8', why: 'needs a second region', addresses: [] }];
  expect(await coverage({ excused })).toMatchObject({
    verdict: 'inconclusive',
    message: expect.stringContaining('9.8') as string,
  });
});

test('a diagnosis that nothing is asked of covers nothing, and a recovery is judged by what it cures', async () => {
  const step = (address: string): PlannedStep => ({ address, location: { file, line: 20 }, shows: [], args: [] });
  const mute = { plan: { diagnosis: [step(diagnosis)], recovery: [step(recovery)] } };
  expect(await coverage(all, mute)).toMatchObject({
    verdict: 'inconclusive',
    findings: [{ message: expect.stringMatching(/neither what it must show/) as string }],
  });
});
