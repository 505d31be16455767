import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import { herringKinds, type HerringKind, type HistoryEvent } from '../src/history/events.ts';
import { readHistory } from '../src/history/reader.ts';
import { isWithin } from '../src/record/ranges.ts';
import { Timeline } from '../src/record/timeline.ts';
import { debriefSchema } from '../src/verdict/drill/debrief.ts';
import { runDrillbook } from './support/run-drillbook.ts';
import { createSmallProject } from './support/small-project.ts';

/** Watches the fleet for a minute with nothing in it that is odd but this. */
async function watch(cwd: string, kind: HerringKind) {
  const flags = ['--scenario', 'no-fault', '--herring', kind, '--bot', 'idle', '--yes', '--quiet', '15s'];
  const outcome = await runDrillbook(['drill', 'start', ...flags, '--time-scale', '5', '--time-limit', '60s'], { cwd });
  const named = /^debrief: (.+)$/m.exec(outcome.stderr)?.[1];
  if (named === undefined) throw new Error(`no debrief; exit ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`);
  const folder = path.resolve(cwd, named);
  const events: HistoryEvent[] = [];
  for await (const event of readHistory(path.join(folder, 'history.jsonl'))) events.push(event);
  return {
    folder,
    events,
    debrief: debriefSchema.parse(JSON.parse(await readFile(path.join(folder, 'debrief.json'), 'utf8'))),
  };
}

test.each(herringKinds)(
  '%s alone keeps the steady state for a minute, and crosses no alert threshold',
  async (kind) => {
    await using project = await createSmallProject();
    const { debrief, events, folder } = await watch(project.directory, kind);
    expect(debrief).toMatchObject({ outcome: 'stood-down', actions: [], herring: { kind } });
    expect(debrief.pages.map(({ source }) => source)).toEqual(['routine']);
    const run = events.find((event) => event.type === 'run.started');
    const planted = events.find((event) => event.type === 'herring.planted');
    const timeline = new Timeline();
    for (const event of events) if (event.arm === 'treatment') timeline.push(event);
    const seen = timeline.moments.filter(({ t, rows }) => rows && t >= (planted?.t ?? Infinity));
    expect((seen.at(-1)?.t ?? 0) - (seen[0]?.t ?? 0)).toBeGreaterThan(60_000);
    const alerts = run?.runbook.thresholds.filter(({ metric }) => metric === 'waiting' || metric === 'delayed') ?? [];
    for (const { metric, alert } of alerts)
      for (const { totals } of seen)
        expect(isWithin(alert, metric === 'waiting' ? totals.backlog : totals.delayed), metric).toBe(false);
    if (kind !== 'odd-log-line') return;
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.log'));
    const logs = await Promise.all(files.map((name) => readFile(path.join(folder, name), 'utf8')));
    expect(logs.join('\n')).toContain('proxy-legacy');
  },
);
