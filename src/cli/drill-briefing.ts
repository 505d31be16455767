import { createInterface } from 'node:readline/promises';

import type { DrawnPlan } from '../drill/draw-plan.ts';
import type { HistoryEvent, RunStarted } from '../history/events.ts';
import type { Flags } from './options.ts';

type BriefingFlags = Flags<'json' | 'drillSeed' | 'drillTimeScale' | 'timeLimit'>;

export const defaultTimeLimitMs = 1_800_000;

/** Prints what a plan is drawn from, and nothing of the plan itself. The same seed prints the same text. */
export function printDry({ plan }: DrawnPlan, eligible: number, flags: BriefingFlags): void {
  const { catalogue, level } = plan;
  const facts = { catalogue, eligible, level, seed: flags.drillSeed ?? null, timeScale: flags.drillTimeScale };
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(facts, undefined, 2)}\n`
      : `level ${level}: the scenario is drawn from ${eligible} (catalogue ${catalogue.slice(0, 16)}…); nothing was started\n`,
  );
}

export function briefing({ plan }: DrawnPlan, digest: string, flags: BriefingFlags): string {
  const minutes = (ms: number): number => Math.ceil(ms / 60_000);
  const rate = flags.drillTimeScale;
  const timeLimitMs = flags.timeLimit ?? defaultTimeLimitMs;
  // Least: a start, a steady state, the quiet time, a quick cure and its settling. Most: the deadlines of all of them.
  const least = minutes(30_000 + 150_000 / rate + 60_000);
  const most = minutes(240_000 / rate + 180_000 / rate + timeLimitMs + 720_000 / rate + 60_000);
  const levels: Readonly<Record<number, string>> = {
    1: 'pages name the queue and the section of the runbook',
    2: 'pages name only the metric',
    3: 'pages name only the metric, something odd is harmless, and one drill in eight has no fault',
  };
  return [
    'A drill on a copy of the fleet, in a sandbox of its own. Nothing that you do can leave it.',
    `  level     ${plan.level}: ${levels[plan.level] ?? ''}`,
    `  time      ${least} to ${most} minutes; you have ${minutes(timeLimitMs)} minutes from the incident on`,
    `  clock     ${rate === 1 ? 'real time' : `${rate} sandbox seconds a second`}`,
    ...(plan.manual
      ? ['  incident  it comes when a facilitator runs "drillbook drill inject" in another terminal']
      : []),
    '  recorded  the lines that you run, what the terminal shows, and when; no keys. All of it stays in reports/',
    '  to end    "drill resolved", "drill standdown" or "drill giveup" in the shell; "drill help" lists the words',
    `  seal      ${digest}`,
    '            the digest of what was drawn. The debrief opens it, and "drillbook drill judge" checks it.',
    '',
  ].join('\n');
}

export async function agrees(): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question('Do you agree to be recorded, and shall it begin? (y/N) ')).trim());
  } finally {
    lines.close();
  }
}

/** Says how far the drill is, and nothing about what was drawn. */
export function createProgress(): (event: HistoryEvent) => void {
  let run: RunStarted | undefined;
  const texts: Readonly<Record<string, string>> = {
    load: 'clearing what dead runs left',
    start: 'starting the fleet',
    baseline: 'waiting for a steady state',
    settle: 'watching whether the fleet stays healthy',
    account: 'counting every job',
    teardown: 'removing the sandbox',
  };
  return (event) => {
    if (event.type === 'run.started') run = event;
    if (event.type === 'phase.ended' && event.phase === 'settle')
      process.stderr.write(
        event.outcome === 'done'
          ? '         it is healthy, and has stayed so\n'
          : '         it has not become healthy\n',
      );
    const text = event.type === 'phase.started' ? texts[event.phase] : undefined;
    // The start of an arm resets the fleet: that is no second start for the player.
    if (!run || text === undefined || (event.type === 'phase.started' && event.phase === 'start' && event.arm)) return;
    process.stderr.write(`${(event.t / 1000).toFixed(0).padStart(5)} s  ${text}\n`);
  };
}
