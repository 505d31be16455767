import { describe, expect, test } from 'vitest';

import type { EventBody, HistoryEvent } from '../../history/events.ts';
import { runReportSchema } from '../run-report.ts';
import { judgeEvents, unmet } from '../testing/judge-recording.ts';
import { recordRun } from '../testing/record-run.ts';

test('is inconclusive when the history is cut off, at any place', async () => {
  const events = recordRun();
  for (let share = 1; share < 20; share += 1) {
    const report = await judgeEvents(events.slice(0, Math.ceil((events.length * share) / 20)));
    expect(report.verdict, `${share * 5} %`).toBe('inconclusive');
    expect(unmet(report.checks)['whole-run']).toMatch(
      /^inconclusive: the history ends ((in|after) phase|before its first phase)/,
    );
  }
});

/** The beginning of a run, up to the start of its fleet, and the events after it. */
function beginning(...rest: readonly EventBody[]): readonly HistoryEvent[] {
  const [started] = recordRun();
  if (!started) throw new Error('a recorded run has a first event');
  const bodies: readonly EventBody[] = [
    { type: 'phase.started', phase: 'load' },
    { type: 'phase.ended', phase: 'load', outcome: 'done' },
    { type: 'phase.started', phase: 'start' },
    ...rest,
  ];
  return [started, ...bodies.map((body, index) => ({ seq: index + 1, t: index, s: started.s + index, ...body }))];
}

describe('a run that did not reach its end says where it stopped', () => {
  const failed: EventBody = { type: 'phase.ended', phase: 'start', outcome: 'failed', message: 'no image' };
  const done: EventBody = { type: 'phase.ended', phase: 'start', outcome: 'done' };
  const teardown: EventBody = { type: 'phase.started', phase: 'teardown' };
  const rest: readonly EventBody[] = [
    teardown,
    { type: 'phase.ended', phase: 'teardown', outcome: 'done' },
    { type: 'phase.started', phase: 'judge' },
    { type: 'run.ended', leftovers: [] },
  ];
  test.each<{ readonly what: string; readonly events: readonly EventBody[]; readonly says: string }>([
    { what: 'died while the fleet started', events: [], says: 'the history ends in phase `start`, before the run did' },
    {
      what: 'died after the fleet had started',
      events: [done],
      says: 'the history ends after phase `start`, before the run did',
    },
    {
      what: 'died in teardown',
      events: [done, teardown],
      says: 'the history ends in phase `teardown`, before the run did',
    },
    {
      what: 'died before it was judged',
      events: [done, ...rest.slice(0, 3)],
      says: 'the history ends in phase `judge`, before the run did',
    },
    {
      what: 'broke off and was torn down',
      events: [failed, { type: 'broken', reason: 'no image' }, ...rest],
      says: 'the run broke off in phase `start`: no image',
    },
    {
      what: 'broke off and died in teardown',
      events: [failed, { type: 'broken', reason: 'no image' }, teardown],
      says: 'the run broke off in phase `start`: no image',
    },
    {
      what: 'was interrupted and torn down',
      events: [
        { type: 'phase.ended', phase: 'start', outcome: 'interrupted' },
        { type: 'interrupted', reason: 'SIGINT' },
        ...rest,
      ],
      says: 'the run was interrupted in phase `start`: SIGINT',
    },
    { what: 'had no scenario to run', events: [done, ...rest], says: 'no scenario was run' },
  ])('a run that $what', async ({ events, says }) => {
    const report = await judgeEvents(beginning(...events));
    expect(unmet(report.checks)['whole-run']).toBe(`inconclusive: ${says}`);
    expect(report.verdict).toBe('inconclusive');
    expect(runReportSchema.parse(report)).toEqual(report);
  });

  test('a failure in the arm in which the run broke off proves nothing, before that moment and after', async () => {
    const events = recordRun({ commands: [{ exitCode: 1, output: 'Cannot connect to the Docker daemon' }] });
    const failing = await judgeEvents(events);
    expect(failing.verdict).toBe('fail');
    const at = events.findIndex(({ type }) => type === 'procedure.ended');
    const broken = { type: 'broken', reason: 'the Docker engine went away' } as const;
    const { t, s } = events[at] ?? { t: 0, s: 0 };
    const moved = [
      ...events.slice(0, at),
      { seq: at, t, s, ...broken },
      ...events.slice(at).map((event) => ({ ...event, seq: event.seq + 1 })),
    ];
    const report = await judgeEvents(moved);
    expect(Object.values(unmet(report.scenarios[0]?.checks ?? []))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^inconclusive: the run broke off meanwhile, so it proves nothing: /),
      ]),
    );
    expect(report.verdict).toBe('inconclusive');
  });

  test('a failure in an arm that was interrupted proves nothing', async () => {
    const events = recordRun({ commands: [{ exitCode: 1 }] }).map((event) =>
      event.type === 'phase.ended' && event.arm === 'treatment' && event.phase === 'recover'
        ? { ...event, outcome: 'interrupted' as const }
        : event,
    );
    const report = await judgeEvents(events);
    expect(unmet(report.scenarios[0]?.checks)['recovery:3.2 > Solution > bash[1]']).toMatch(
      /^inconclusive: the run broke off meanwhile, so it proves nothing: `docker compose ps` failed with 1/,
    );
    expect(report.verdict).toBe('inconclusive');
  });

  test('what could not be torn down is reported once', async () => {
    const left: EventBody = { type: 'phase.ended', phase: 'teardown', outcome: 'failed', message: 'a network' };
    const whole = recordRun().slice(0, -1);
    const bodies: readonly EventBody[] = [teardown, left, { type: 'run.ended', leftovers: ['a network'] }];
    const events = bodies.map((body, index) => ({ seq: whole.length + index, t: 1e6, s: 1e6, ...body }));
    const report = await judgeEvents([...whole, ...events]);
    expect(unmet(report.checks)).toEqual({ teardown: 'inconclusive: not removed: a network' });
  });
});
