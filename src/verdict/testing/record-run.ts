import type {
  Arm,
  CommandRan,
  EventBody,
  HistoryEvent,
  ProcedureEnded,
  RunbookFacts,
  ScenarioPlan,
  Settings,
} from '../../history/events.ts';
import { defined } from '../../kernel/defined.ts';
import { account, type JobFates } from './account-recorded.ts';
import { ArmRecorder, RecordedClock, type RecordedAttempt, type RecordedBlock } from './arm-recorder.ts';
import { baseRun, diagnosis, pausedPlan, recovery } from './sample-run.ts';
import { resume, type World } from './world.ts';

export { diagnosis, file, pausedPlan, recovery, threshold, thresholds } from './sample-run.ts';
export { setUp, type World } from './world.ts';

/**
 * How a recorded run differs from one that passes, in which the queue `mail` is paused and the recovery resumes it.
 * Each field changes one thing.
 */
export interface Recording extends RecordedWorld, RecordedProcedures {
  readonly plan?: Partial<ScenarioPlan>;
  readonly runbook?: Partial<RunbookFacts>;
  /** Whether the fault's effect was observed. */
  readonly bit?: boolean;
  /** Services that the proof saw gone. */
  readonly gone?: readonly string[];
  /** In which share of the time something waited for a CPU, in the treatment. Absent: not recorded. */
  readonly pressure?: number;
  readonly controlPressure?: number;
  /** Jobs that do not simply complete once. */
  readonly jobs?: JobFates;
  /** Settings found at the end that differ from those at the beginning. */
  readonly leaves?: Partial<Settings>;
}

/** What happens to the fleet. */
interface RecordedWorld {
  readonly beforeFault?: (world: World) => void;
  /** What the fault changes besides the pause. */
  readonly faultToo?: (world: World) => void;
  readonly cure?: (world: World) => void;
  /** Each second while the fleet is watched after the cure. */
  readonly whileSettling?: (world: World, second: number) => void;
  /** How long the fleet has to work off its queues, in seconds. */
  readonly drainS?: number;
  /** How long the control arm is watched, in seconds. */
  readonly controlS?: number;
  /** What happens in the control arm, so many seconds after the fault. */
  readonly selfHealing?: { readonly afterS: number; readonly heal: (world: World) => void };
}

/** What the blocks do. */
interface RecordedProcedures {
  readonly commands?: readonly Partial<CommandRan>[];
  readonly procedure?: Partial<ProcedureEnded>;
  readonly expectExit?: number;
  readonly wall?: readonly RecordedAttempt[];
  readonly diagnosisOutput?: string;
  readonly diagnosisCommands?: readonly Partial<CommandRan>[];
  readonly diagnosed?: Partial<ProcedureEnded>;
  /** What the recovery does when it is run again on the healthy fleet. */
  readonly again?: (world: World) => void;
  /** What the recovery does when it is run again after it was cut off. */
  readonly afterCut?: (world: World) => void;
  /** How the block that is to be cut off ended. */
  readonly cut?: Partial<ProcedureEnded>;
}

/** The history of one run, with a sample each sandbox second. */
export function recordRun(recording: Recording = {}): readonly HistoryEvent[] {
  const events: HistoryEvent[] = [];
  const plan = { ...pausedPlan, ...recording.plan };
  const clock = new RecordedClock();
  const emit = (body: EventBody, arm?: Arm): void => {
    const context = arm ? { scenario: plan.id, arm } : {};
    events.push({ seq: events.length, t: clock.t, s: clock.s, ...context, ...body });
  };
  emit({ ...baseRun, runbook: { ...baseRun.runbook, ...recording.runbook } });
  emit({
    type: 'environment',
    engine: '20',
    compose: '2',
    node: 'v24',
    versions: { redis: '8.6.3' },
    images: [],
    realTimeServices: [],
  });
  emit({ type: 'scenario.planned', plan });
  recordTreatment(new ArmRecorder(clock, (body) => emit(body, 'treatment'), recording.pressure), plan, recording);
  if (plan.control.enabled && plan.fault)
    recordControl(new ArmRecorder(clock, (body) => emit(body, 'control'), recording.controlPressure), plan, recording);
  emit({ type: 'run.ended', leftovers: [] });
  return events;
}

function recordTreatment(arm: ArmRecorder, plan: ScenarioPlan, recording: Recording): void {
  const { world } = arm;
  const { cure, whileSettling, expectExit, commands = [{}], procedure = {}, wall = [] } = recording;
  begin(arm, recording);
  arm.say(settings('before'));
  injectFault(arm, plan, recording);
  if (plan.fault) arm.phase('detect', () => arm.watch(10));
  arm.phase('diagnose', () => arm.runBlock(diagnose(recording)));
  const common = { output: 'resumed', commands, ended: procedure, expectExit };
  const blocks: readonly RecordedBlock[] = [
    ...plan.recovery.map(({ address }) => ({ ...common, address, purpose: 'recovery' as const, wall })),
    ...(plan.maintenance ?? []).map(({ address }) => ({ ...common, address, purpose: 'maintenance' as const })),
  ];
  if (plan.fault || blocks.length > 0) {
    arm.phase('recover', () => {
      (cure ?? resume)(world);
      for (const block of blocks) arm.runBlock(block);
    });
    arm.phase('settle', () => arm.watch(92, (second) => whileSettling?.(world, second)), cure ? 'timed-out' : 'done');
  }
  if (plan.repeat)
    arm.phase('repeat', () => {
      recording.again?.(world);
      repeatRecovery(arm, plan, recording);
    });
  arm.phase('account', () => {
    arm.endLoad();
    arm.watch(recording.drainS ?? 0);
    arm.say({ ...settings('after'), ...recording.leaves });
    account((body) => arm.say(body), recording.jobs ?? {});
  });
  arm.say({ type: 'arm.ended' });
}

function recordControl(arm: ArmRecorder, plan: ScenarioPlan, recording: Recording): void {
  const { world } = arm;
  const { controlS = 120, selfHealing, afterCut = resume, cut, expectExit } = recording;
  begin(arm, recording);
  injectFault(arm, plan, recording);
  arm.phase('diagnose', () => arm.runBlock(diagnose(recording)));
  arm.phase('recover', () => undefined);
  arm.phase('settle', () => arm.watch(controlS, (second) => second === selfHealing?.afterS && selfHealing.heal(world)));
  if (plan.repeat)
    arm.phase('repeat', () => {
      const ended = { ended: 'cut' as const, exitCode: null, ...cut };
      arm.runBlock({ address: recovery, purpose: 'repeat', ended, cutAfterMs: 20, expectExit });
      afterCut(world);
      repeatRecovery(arm, plan, recording);
    });
  arm.say({ type: 'arm.ended' });
}

function begin(arm: ArmRecorder, { beforeFault }: Recording): void {
  arm.say({ type: 'arm.started' });
  arm.phase('start', () => arm.tick(1));
  beforeFault?.(arm.world);
  arm.phase('baseline', () => arm.watch(35));
}

function injectFault(arm: ArmRecorder, { fault }: ScenarioPlan, { faultToo, bit = true, gone }: Recording): void {
  if (!fault) return;
  const { kind, summary } = fault;
  arm.phase('inject', () => {
    arm.say({ type: 'fault.injecting', kind, summary });
    arm.world.paused = true;
    faultToo?.(arm.world);
    arm.tick(0);
    arm.say({ type: 'fault.proved', kind, bit, evidence: 'the flag is set', ...defined({ gone }) });
  });
}

function diagnose({
  diagnosisOutput = 'paused: mail',
  diagnosisCommands = [{}],
  diagnosed = {},
}: Recording): RecordedBlock {
  return {
    address: diagnosis,
    purpose: 'diagnosis',
    output: diagnosisOutput,
    commands: diagnosisCommands,
    ended: diagnosed,
  };
}

function repeatRecovery(arm: ArmRecorder, plan: ScenarioPlan, { expectExit }: Recording): void {
  for (const { address } of plan.recovery)
    arm.runBlock({ address, purpose: 'repeat', output: 'resumed', commands: [{}], expectExit });
  arm.watch(40);
}

function settings(moment: Settings['moment']): Settings {
  return {
    type: 'settings',
    moment,
    complete: true,
    queues: { rest: { concurrency: '5' } },
    redis: { maxmemory: '8589934592', 'maxmemory-policy': 'noeviction' },
  };
}
