/**
 * `drillbook drill start`: one drill, as one arm of the engine with a person as the recovery.
 *
 * 1. The plan was drawn and sealed before; the player has seen the digest.
 * 2. A session with one sandbox (run-session.ts). In it: baseline, quiet time, fault, response, settling, accounting.
 * 3. The seal is opened, whatever happened.
 * 4. The debrief is judged from `history.jsonl` alone, and written beside it.
 */
import path from 'node:path';

import { historyName } from '../history/file-names.ts';
import { readHistory } from '../history/reader.ts';
import { createRedaction } from '../history/redaction.ts';
import { defined } from '../kernel/defined.ts';
import { writeDebrief } from '../report/write-debrief.ts';
import { recordArm } from '../run/record-arm.ts';
import { runSession, throwIfBroken, type Session } from '../run/run-session.ts';
import type { VerifyOptions } from '../run/verify-options.ts';
import { dropLease } from '../sandbox/lease.ts';
import type { Debrief } from '../verdict/drill/debrief.ts';
import { parId } from '../verdict/drill/find-par.ts';
import { judgeDrillWithRecord } from '../verdict/drill/judge-drill.ts';
import { seedOf } from '../workload/random.ts';
import { Director } from './director.ts';
import { drillCommand } from './find-living-drill.ts';
import type { DrawnPlan, Sealed } from './draw-plan.ts';
import { redactEvent } from './redact-event.ts';
import type { Terminal } from './terminal.ts';

export interface DrillOptions extends Omit<
  VerifyOptions,
  'scenarios' | 'sandboxes' | 'repeat' | 'keep' | 'reuseControlsMs'
> {
  readonly drawn: DrawnPlan;
  readonly sealed: Sealed;
  readonly player: string;
  readonly robot: string | undefined;
  readonly consent: 'asked' | 'flag';
  readonly timeLimitMs: number;
  readonly plain: boolean;
  /** Afterwards the runbook's own procedure plays the same incident. */
  readonly par: boolean;
  readonly terminal: Terminal;
}

/**
 * Plays one drill and returns its debrief. An interrupted drill has one as well.
 * @throws DrillbookError when the drill broke; its debrief is written all the same, if the history allows
 */
export async function runDrill(options: DrillOptions): Promise<Debrief> {
  const { redact } = options.project.config;
  const redaction = redact.length === 0 ? undefined : createRedaction(redact, redactEvent);
  const session = {
    ...options,
    redaction,
    scenarios: [],
    sandboxes: 1,
    command: drillCommand,
    mayChangeRate: true,
    repeat: false,
    keep: false,
  };
  const ended = await runSession(session, (opened) => play(opened, { ...options, ...session }));
  const judged = await judgeDrillWithRecord(readHistory(path.join(options.reportDir, historyName))).catch(
    (error: unknown) => {
      // An error after an early end is often only its consequence.
      throw ended.endReason?.error ?? error;
    },
  );
  await writeDebrief(judged, options.reportDir);
  await dropLease(options.reportDir);
  throwIfBroken(ended);
  return judged.debrief;
}

async function play(
  { run, history, metrics, fleets, signal }: Session,
  options: DrillOptions & VerifyOptions,
): Promise<void> {
  const { drawn, sealed, player, robot, consent, timeLimitMs, plain, terminal, runbook } = options;
  const { plan, scenario } = drawn;
  const [fleet] = fleets;
  if (!fleet) throw new Error('a drill needs a sandbox');
  const { level, quietMs, manual = false, herring } = plan;
  history.emit({
    type: 'drill.started',
    seal: sealed.digest,
    level,
    player,
    timeLimitMs,
    consent,
    ...defined({ bot: robot }),
  });
  history.emit({ type: 'scenario.planned', plan: scenario.plan });
  const director = new Director({
    run,
    plan: scenario.plan,
    runbook,
    level,
    quietMs,
    manual,
    herring,
    timeLimitMs,
    terminal,
    plain,
  });
  const unsubscribe = history.subscribe((event) => {
    if (event.arm !== undefined) director.apply(event);
  });
  try {
    const context = { options: { ...options, signal }, run, history, metrics };
    const isDecided = (): boolean => false;
    await recordArm(context, fleet, scenario, 'treatment', { isDecided, responder: director });
  } finally {
    unsubscribe();
    history.emit({ type: 'drill.revealed', plan: sealed.text, nonce: sealed.nonce });
  }
  if (options.par && scenario.fault && !signal.aborted)
    await playPar({ run, history, metrics, fleet, signal }, options);
}

type Stage = Pick<Session, 'run' | 'history' | 'metrics' | 'signal'> & { readonly fleet: Session['fleets'][number] };

/**
 * The runbook's own procedure on the same sandbox, with the same load, after the same fault. It comes after the drill
 * and cannot change its outcome.
 */
async function playPar(
  { run, history, metrics, fleet, signal }: Stage,
  options: DrillOptions & VerifyOptions,
): Promise<void> {
  const { scenario } = options.drawn;
  const plan = { ...scenario.plan, id: parId(scenario.plan.id), control: { ...scenario.plan.control, enabled: false } };
  history.emit({ type: 'scenario.planned', plan });
  // An arm takes the seed of its load from the id of its scenario. This makes it the same as in the drill.
  const seed = (seedOf(options.seed, scenario.plan.id) - seedOf(0, plan.id)) >>> 0;
  const context = { options: { ...options, signal, seed }, run, history, metrics };
  await recordArm(context, fleet, { ...scenario, plan }, 'treatment', { isDecided: () => false });
}
