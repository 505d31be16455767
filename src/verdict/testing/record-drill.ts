import {
  playerAddress,
  type Arm,
  type DrillEnd,
  type EventBody,
  type HistoryEvent,
  type PlayerCommand,
  type ScenarioPlan,
} from '../../history/events.ts';
import { sealOf, type SealedPlan } from '../drill/seal.ts';
import type { History } from '../judge.ts';
import { account, type JobFates } from './account-recorded.ts';
import { ArmRecorder, RecordedClock } from './arm-recorder.ts';
import { baseRun, pausedPlan } from './sample-run.ts';
import { resume, type World } from './world.ts';

/** How a recorded drill differs from one in which the player does all well. Each field changes one thing. */
export interface DrillRecording {
  readonly plan?: Partial<ScenarioPlan>;
  readonly bit?: boolean;
  readonly pressure?: number;
  /** How the fleet is before anything happens. */
  readonly before?: (world: World) => void;
  /** The steady state never holds. */
  readonly unsteady?: boolean;
  /** What the player does once the page has rung, second by second; the events stand for the words in the shell. */
  readonly play?: (player: Player) => void;
  readonly why?: DrillEnd;
  /** Each second of settling. */
  readonly whileSettling?: (world: World, second: number) => void;
  readonly jobs?: JobFates;
  readonly interrupted?: boolean;
  readonly quiet?: (player: Player) => void;
  /** Commands for the whole of Redis that were given since the incident. */
  readonly redisCalls?: Readonly<Record<string, number>>;
  readonly seal?: string;
  readonly sealed?: Partial<SealedPlan>;
}

export interface Player {
  readonly world: World;
  say(body: EventBody): void;
  /** Lets seconds of sandbox time pass. */
  wait(seconds: number): void;
  /** Runs a line that takes two seconds and has this effect at its start. */
  run(line: string, effect?: (world: World) => void, more?: Partial<PlayerCommand>): void;
}

/** The player acknowledges, names the fault, resumes the queue and says so. */
export function playWell(player: Player): void {
  player.wait(10);
  player.say({ type: 'player.acked', page: 1 });
  player.say({ type: 'player.declared' });
  player.wait(10);
  player.say({ type: 'player.found', section: '3.2', component: 'mail', why: 'the flag is set' });
  player.run('resume mail', resume, { runbook: [verbatim] });
  player.wait(10);
  player.say({ type: 'player.ended', how: 'resolved' });
}

export const verbatim: PlayerCommand['runbook'][number] = {
  address: '3.2 > Solution > bash[1]',
  location: { file: 'runbook.md', line: 31 },
  text: 'resume mail',
  how: 'verbatim',
  isLast: true,
};

/** The history of one drill on the small world. Sandbox time runs ten times as fast as real time. */
export function recordDrill(recording: DrillRecording = {}): readonly HistoryEvent[] {
  const events: HistoryEvent[] = [];
  const plan = { ...pausedPlan, ...recording.plan };
  const clock = new RecordedClock();
  const emit = (body: EventBody, arm?: Arm): void => {
    const context = arm ? { scenario: plan.id, arm } : {};
    events.push({ seq: events.length, t: clock.t, s: clock.s, ...context, ...body });
  };
  const sealed: SealedPlan = {
    catalogue: 'c0',
    seed: 7,
    level: 1,
    scenario: plan.fault ? plan.id : null,
    quietMs: 20_000,
    ...recording.sealed,
  };
  const [text, nonce] = [JSON.stringify(sealed), 'n0'];
  emit(baseRun);
  emit({
    type: 'drill.started',
    seal: recording.seal ?? sealOf(text, nonce),
    level: 1,
    player: 'ana',
    timeLimitMs: 600_000,
    consent: 'flag',
  });
  emit({ type: 'scenario.planned', plan });
  recordArm(new ArmRecorder(clock, (body) => emit(body, 'treatment'), recording.pressure), clock, plan, recording);
  emit({ type: 'drill.revealed', plan: text, nonce });
  if (recording.interrupted) emit({ type: 'interrupted', reason: 'interrupted by SIGINT' });
  emit({ type: 'run.ended', leftovers: [] });
  return events;
}

function recordArm(arm: ArmRecorder, clock: RecordedClock, plan: ScenarioPlan, recording: DrillRecording): void {
  const { bit = true, why = 'resolved', play = playWell, whileSettling, jobs = {} } = recording;
  const player = createPlayer(arm, clock);
  arm.say({ type: 'arm.started' });
  arm.phase('start', () => arm.tick(1));
  recording.before?.(arm.world);
  if (recording.unsteady) arm.world.backlog = 5000;
  if (recording.unsteady) arm.world.takes = false;
  arm.phase('baseline', () => arm.watch(35));
  arm.say(settings('before'));
  arm.say({ type: 'player.shell', state: 'opened', cast: 'player.cast' });
  arm.say({ type: 'drill.quiet', ms: 20_000 });
  recording.quiet?.(player);
  arm.watch(20);
  if (plan.fault) breakFleet(arm, plan.fault, bit);
  if (bit) {
    arm.say(redisCommands('before', {}));
    arm.phase('recover', () => {
      arm.watch(20);
      arm.say({ type: 'page.sent', page: 1, text: 'waiting jobs of the fleet: 12', source: 'symptom' });
      play(player);
      arm.say({ type: 'drill.over', why });
    });
    arm.say({ type: 'player.shell', state: 'ended', cast: 'player.cast' });
    arm.say(redisCommands('after', recording.redisCalls ?? {}));
    arm.phase('settle', () => arm.watch(92, (second) => whileSettling?.(arm.world, second)));
    arm.phase('account', () => {
      arm.endLoad();
      arm.say(settings('after'));
      account((body) => arm.say(body), jobs);
    });
  } else arm.say({ type: 'drill.over', why: 'no-effect' });
  arm.say({ type: 'arm.ended' });
}

function breakFleet(arm: ArmRecorder, { kind, summary }: NonNullable<ScenarioPlan['fault']>, bit: boolean): void {
  arm.phase('inject', () => {
    arm.say({ type: 'fault.injecting', kind, summary });
    arm.world.paused = bit;
    arm.tick(0);
    arm.say({ type: 'fault.proved', kind, bit, evidence: bit ? 'the flag is set' : 'the flag is not set' });
  });
}

function createPlayer(arm: ArmRecorder, clock: RecordedClock): Player {
  return {
    world: arm.world,
    say: (body) => arm.say(body),
    wait: (seconds) => arm.watch(seconds),
    run(line, effect, more = {}) {
      const startedS = clock.s;
      effect?.(arm.world);
      arm.watch(2);
      arm.say({
        type: 'player.command',
        line,
        cwd: '/srv',
        exitCode: 0,
        startedS,
        endedS: clock.s,
        runbook: [],
        readsOnly: false,
        ...more,
      });
    },
  };
}

function settings(moment: 'before' | 'after'): EventBody {
  return { type: 'settings', moment, complete: true, queues: {}, redis: { maxmemory: '0' } };
}

function redisCommands(moment: 'before' | 'after', calls: Readonly<Record<string, number>>): EventBody {
  return { type: 'redis.commands', moment, address: playerAddress, service: 'redis', runId: 'r', calls };
}

/** As the judge reads it: numbered again, because a test may have added or removed events. */
export async function* asHistory(events: readonly HistoryEvent[]): History {
  for (const [seq, event] of events.entries()) yield { ...event, seq };
}
