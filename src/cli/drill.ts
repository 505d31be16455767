import path from 'node:path';

import { forgetPlayer, readPastDrills } from '../drill/past-drills.ts';
import { historyName } from '../history/file-names.ts';
import { readHistory } from '../history/reader.ts';
import { renderProgress } from '../report/render-progress.ts';
import { renderScorecard } from '../report/render-scorecard.ts';
import { writeDebrief } from '../report/write-debrief.ts';
import { judgeDrillWithRecord } from '../verdict/drill/judge-drill.ts';
import { defineCommand } from './define-command.ts';
import { observe, observeOptions } from './drill-observe.ts';
import { startDrill, startOptions } from './drill-start.ts';
import { orderCommands } from './drill-orders.ts';
import { stopDrill } from './drill-stop.ts';
import { findRun } from './find-run.ts';
import type { Flags } from './options.ts';
import { useColor } from './use-color.ts';

const exits = {
  passed: 'the fleet recovered, or the drill had no fault and the fleet is healthy',
  failed: 'the fleet did not recover, or jobs were lost',
  inconclusive: 'the drill proves nothing, for example because the fault took no effect',
  interrupted: 'the drill was interrupted',
};

export const drillCommands = [
  defineCommand({
    name: 'drill start',
    summary: 'a game day for one person: break the fleet, page, and judge the recovery',
    needsDocker: true,
    options: startOptions,
    exits,
    run: startDrill,
  }),
  defineCommand({
    name: 'drill demo',
    summary: 'watch a robot play a drill, from the page to the debrief',
    needsDocker: true,
    options: ['scenario'],
    exits,
    run: ({ scenario }) => startDrill({ ...demo, scenario }),
  }),
  defineCommand({
    name: 'drill observe',
    summary: 'serve a page that shows the drill that is being played, to spectators and to observers',
    details: 'Start it in the same checkout, in another terminal. It ends with the drill; Ctrl-C ends the page alone.',
    needsDocker: false,
    options: observeOptions,
    exits: { passed: 'the drill has ended, or the page was closed' },
    run: observe,
  }),
  defineCommand({
    name: 'drill judge',
    summary: 'judge a recorded drill again, from its folder alone',
    argument: { name: '<run>', text: 'folder of the drill, or its history.jsonl' },
    needsDocker: false,
    options: ['json'],
    exits,
    run: judgeAgain,
  }),
  defineCommand({
    name: 'drill progress',
    summary: 'compare past drills: each with those of the same scenario, level, rate and runbook',
    needsDocker: false,
    options: ['json'],
    exits: { passed: 'past drills were printed' },
    run: showProgress,
  }),
  defineCommand({
    name: 'drill forget',
    summary: 'remove every record of the drills of a player, except for a drill that is still played',
    argument: { name: '<player>', text: 'name or alias, as the debrief has it' },
    needsDocker: false,
    exits: { passed: 'every drill of the player that is over is removed' },
    run: forget,
  }),
  defineCommand({
    name: 'drill stop',
    summary: 'end the drill that is being played: heal, remove the sandbox, and write its debrief',
    needsDocker: false,
    exits: { passed: 'the drill has ended' },
    run: stopDrill,
  }),
  ...orderCommands,
];

/** A robot needs no time to read, so its sandbox runs faster. */
const demo: Parameters<typeof startDrill>[0] = {
  scenario: undefined,
  drillSeed: undefined,
  level: 1,
  drillTimeScale: 5,
  robot: 'perfect',
  player: 'demo',
  timeLimit: 180_000,
  quiet: 15_000,
  manual: undefined,
  herring: undefined,
  yes: true,
  plain: undefined,
  par: undefined,
  dryRun: undefined,
  json: undefined,
  runbook: undefined,
};

async function showProgress({ json }: Flags<'json'>): Promise<void> {
  const debriefs = await readPastDrills(process.cwd());
  process.stdout.write(json ? `${JSON.stringify(debriefs, undefined, 2)}\n` : renderProgress(debriefs));
}

async function forget(_: unknown, [player = '']: readonly string[]): Promise<void> {
  const { removed, living } = await forgetPlayer(process.cwd(), player);
  const nameOf = (directory: string): string => path.relative(process.cwd(), directory);
  for (const directory of removed) process.stdout.write(`removed ${nameOf(directory)}\n`);
  for (const directory of living)
    process.stdout.write(`kept ${nameOf(directory)}: this drill is not over; when it is, forget the player again\n`);
  if (removed.length + living.length === 0) process.stdout.write('there is no drill of that player\n');
}

async function judgeAgain({ json }: Flags<'json'>, [run = '.']: readonly string[]): Promise<void> {
  const directory = await findRun(run);
  const judged = await judgeDrillWithRecord(readHistory(path.join(directory, historyName)));
  await writeDebrief(judged, directory);
  const { debrief } = judged;
  const shown = { color: useColor(process.stdout), cwd: process.cwd() };
  process.stdout.write(json ? `${JSON.stringify(debrief, undefined, 2)}\n` : renderScorecard(debrief, shown));
  process.exitCode = debrief.exitCode;
}
