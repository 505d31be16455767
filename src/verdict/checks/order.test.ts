import { describe, expect, test } from 'vitest';

import type { HistoryEvent } from '../../history/events.ts';
import { judgeEvents } from '../testing/judge-recording.ts';
import { recordRun } from '../testing/record-run.ts';

describe('the order of priorities', () => {
  const jobs = { lost: 0, removed: 0, failed: 0, duplicates: 'at-least-once' as const, inOrder: ['mail'] };
  /** Effects in this order, of ten jobs with each of the priorities 1 and 2. */
  const orderOf = async (done: readonly string[]): Promise<string | undefined> => {
    const events = recordRun({ plan: { jobs } });
    const urgent = Array.from({ length: 10 }, (_, index) => `urgent-${index}`);
    const idle = Array.from({ length: 10 }, (_, index) => `idle-${index}`);
    const changed = events.flatMap((event): readonly HistoryEvent[] => {
      if (event.type === 'effects') return [{ ...event, once: [...event.once, ...done] }];
      if (event.type !== 'enqueued' || event.arm !== 'treatment') return [event];
      return [event, { ...event, ids: idle, priority: 2 }, { ...event, ids: urgent, priority: 1 }];
    });
    const report = await judgeEvents(changed);
    const found = report.scenarios[0]?.checks.find(({ id }) => id === 'order');
    return found && `${found.verdict}: ${found.message}`;
  };
  const [urgent, idle] = ['urgent', 'idle'].map((kind) => Array.from({ length: 10 }, (_, index) => `${kind}-${index}`));

  test('passes when it was kept, except for one job in ten', async () => {
    expect(await orderOf([...(urgent ?? []), ...(idle ?? [])])).toBe(
      'pass: 20 jobs done in order of priority, 0 of them out of turn',
    );
    const taken = ['idle-0', 'idle-1', ...(urgent ?? []), ...(idle ?? []).slice(2)];
    expect(await orderOf(taken)).toMatch(/^pass: .* 2 of them/);
  });

  test('passes when an urgent job took longer than others beside it', async () => {
    const slow = [...(urgent ?? []).slice(1), ...(idle ?? []).slice(0, 5), 'urgent-0', ...(idle ?? []).slice(5)];
    expect(await orderOf(slow)).toMatch(/^pass: .* 1 of them/);
  });

  test('fails when it was not kept', async () => {
    expect(await orderOf([...(idle ?? []), ...(urgent ?? [])])).toBe(
      'fail: 10 of 20 jobs done out of turn: idle-0 of mail, idle-1 of mail, idle-2 of mail, idle-3 of mail, idle-4 of mail, …',
    );
    // Alternating, as if there were no priorities.
    const mixed = (urgent ?? []).flatMap((id, index) => [idle?.[index] ?? '', id]);
    expect(await orderOf(mixed)).toMatch(/^fail: 10 of 20 jobs done out of turn: /);
  });

  test('is inconclusive when no such job was done', async () => {
    expect(await orderOf([])).toBe('inconclusive: no job that was added with a priority was done');
  });
});
