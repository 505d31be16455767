import { randomInt } from 'node:crypto';
import { userInfo } from 'node:os';
import path from 'node:path';

import { drawPlan, readCatalogue, seal, type DrawnPlan } from '../drill/draw-plan.ts';
import { createOwnTerminal } from '../drill/own-terminal.ts';
import { createRobotTerminal } from '../drill/robot-terminal.ts';
import { lookAgainS, type RobotName, type RobotTask } from '../drill/robots/robot.ts';
import { runDrill } from '../drill/run-drill.ts';
import type { Terminal } from '../drill/terminal.ts';
import type { HerringKind } from '../history/events.ts';
import { InputError } from '../kernel/errors.ts';
import { renderScorecard } from '../report/render-scorecard.ts';
import { bindForRun } from '../run/run-verify.ts';
import { readRunbook } from '../runbook/read-runbook.ts';
import { readSetupManifest } from '../sandbox/setup-manifest.ts';
import { loadProject } from '../scenario/load-project.ts';
import { curingSections } from '../verdict/drill/answers.ts';
import { agrees, briefing, createProgress, defaultTimeLimitMs, printDry } from './drill-briefing.ts';
import { refuseSecond } from './drill-stop.ts';
import { interruptible } from './interruptible.ts';
import type { Flags } from './options.ts';
import { newRunId } from './select-scenarios.ts';
import { useColor } from './use-color.ts';
import { drillbookVersion } from './version.ts';

export const startOptions = [
  'scenario',
  'drillSeed',
  'level',
  'drillTimeScale',
  'robot',
  'player',
  'timeLimit',
  'quiet',
  'manual',
  'herring',
  'yes',
  'plain',
  'par',
  'dryRun',
  'json',
  'runbook',
] as const;

type StartFlags = Flags<(typeof startOptions)[number]>;

/** Draws, seals, briefs and plays one drill, and prints its scorecard. */
export async function startDrill(flags: StartFlags): Promise<void> {
  const directory = process.cwd();
  const project = await loadProject(directory);
  const runbook = await readRunbook(flags.runbook ?? path.resolve(directory, project.config.runbook), {
    labels: project.config.labels,
  });
  const timeScale = flags.drillTimeScale;
  const bound = project.scenarios.map((one) => bindForRun(one, { runbook, project, timeScale, repeat: false }));
  const catalogue = await readCatalogue(runbook.sha256, bound);
  const seed = flags.drillSeed ?? randomInt(2 ** 31);
  const drawn = withHerring(withMoment(drawPlan(catalogue, seed, flags.level, flags.scenario), flags), flags.herring);
  if (flags.dryRun) {
    printDry(drawn, catalogue.eligible.length, flags);
    return;
  }
  if (flags.robot === undefined && !(process.stdin.isTTY && process.stdout.isTTY))
    throw new InputError('a drill needs a terminal for its player', {
      code: 'DRILL_NO_TERMINAL',
      next: 'start it in a terminal, or let a robot play with --bot perfect',
    });
  await refuseSecond(directory);
  const sealed = seal(drawn.plan);
  process.stderr.write(briefing(drawn, sealed.digest, flags));
  if (!flags.yes && !(await agrees())) {
    process.stderr.write('drillbook: nothing was started\n');
    return;
  }
  const manifest = await readSetupManifest(directory);
  const runId = newRunId();
  const reportDir = path.join(directory, 'reports', runId);
  const interrupts = interruptible();
  const debrief = await runDrill({
    project,
    runbook,
    manifest,
    drawn,
    sealed,
    timeScale,
    seed,
    version: await drillbookVersion(),
    runId,
    reportDir,
    player: flags.player ?? userInfo().username,
    robot: flags.robot,
    consent: flags.yes ? 'flag' : 'asked',
    timeLimitMs: flags.timeLimit ?? defaultTimeLimitMs,
    plain: flags.plain === true,
    par: flags.par === true,
    terminal: terminalFor(flags.robot, drawn),
    onEvent: createProgress(),
    signal: interrupts.signal,
    hurry: interrupts.hurry,
  });
  const shown = { color: useColor(process.stdout), cwd: directory };
  process.stdout.write(
    flags.json ? `${JSON.stringify(debrief, undefined, 2)}\n` : `\n${renderScorecard(debrief, shown)}`,
  );
  process.stderr.write(`debrief: ${path.relative(directory, reportDir)}\n`);
  process.exitCode = debrief.exitCode;
}

/** A stated quiet time replaces the drawn one. With `--manual` a facilitator says when it ends. */
function withMoment(drawn: DrawnPlan, { quiet, manual }: Pick<StartFlags, 'quiet' | 'manual'>): DrawnPlan {
  if (manual === undefined) return quiet === undefined ? drawn : { ...drawn, plan: { ...drawn.plan, quietMs: quiet } };
  if (quiet !== undefined)
    throw new InputError('--manual and --quiet both say when the incident comes', {
      code: 'DRILL_MOMENT',
      next: 'leave one of them out',
    });
  return { ...drawn, plan: { ...drawn.plan, quietMs: 0, manual } };
}

function withHerring(drawn: DrawnPlan, herring: HerringKind | undefined): DrawnPlan {
  return herring === undefined ? drawn : { ...drawn, plan: { ...drawn.plan, herring } };
}

function terminalFor(robot: RobotName | undefined, { scenario }: DrawnPlan): Terminal {
  if (robot === undefined) return createOwnTerminal(process.stdin, process.stdout);
  const { plan, recovery } = scenario;
  const [section] = curingSections(plan);
  const [component = plan.health.services[0] ?? 'none'] = [...plan.health.services, ...plan.health.queues];
  const cure = recovery.map(({ procedure, spec }) => ({
    code: withArguments(procedure.code, spec.args),
    answers: spec.answers.map(({ prompt, reply }) => ({ prompt: prompt.source, reply })),
  }));
  const knows =
    robot === 'perfect' && plan.fault && section !== undefined ? { section, component, cure, lookAgainS } : undefined;
  const task: RobotTask = { name: robot, knows };
  return createRobotTerminal(task, (output) => {
    if (process.stdout.isTTY) process.stdout.write(output);
  });
}

/** A pasted block finds its arguments as the positional parameters of the shell. */
function withArguments(code: string, args: readonly string[]): string {
  if (args.length === 0) return code;
  const quoted = args.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
  return `set -- ${quoted.join(' ')}\n${code}`;
}
