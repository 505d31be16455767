import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { herringKinds, type HerringKind } from '../history/events.ts';
import { InputError } from '../kernel/errors.ts';
import type { BoundScenario } from '../scenario/bind-scenario.ts';
import { sealOf, type SealedPlan } from '../verdict/drill/seal.ts';
import { createRandom, seedOf } from '../workload/random.ts';

/** What the plans of drills are drawn from. */
export interface Catalogue {
  /** Hex digest of the runbook and of every scenario file. */
  readonly digest: string;
  /** The scenarios that a person can play: they break something, and the runbook has a cure. */
  readonly eligible: readonly BoundScenario[];
}

export async function readCatalogue(runbookSha256: string, scenarios: readonly BoundScenario[]): Promise<Catalogue> {
  const hash = createHash('sha256').update(`${runbookSha256}\n`);
  for (const { plan } of scenarios)
    hash
      .update(`${plan.id}\n`)
      .update(await readFile(plan.file))
      .update('\n');
  return { digest: hash.digest('hex'), eligible: scenarios.filter(isPlayable) };
}

/** A fault that heals by itself, or that the runbook has no cure for, leaves a person nothing to do. */
function isPlayable({ fault, recovery, plan }: BoundScenario): boolean {
  return fault !== undefined && recovery.length > 0 && plan.unbound.length === 0 && plan.selfHealing !== true;
}

export interface DrawnPlan {
  readonly plan: SealedPlan;
  readonly scenario: BoundScenario;
}

/** The scenario in which nothing is broken. */
const faultlessId = 'no-fault';
/** At level 3, one drill in so many has no fault. */
const faultlessOneIn = 8;
/** The incident comes so long after the shell is open, sandbox ms. */
const quiet = { least: 30_000, most: 180_000 };

/**
 * Draws a plan. The same seed, level and catalogue give the same plan.
 * @param named the id of the scenario that the caller wants instead of a drawn one; `no-fault`: nothing is broken
 * @throws InputError if there is no such scenario, or none that a person can play
 */
export function drawPlan(catalogue: Catalogue, seed: number, level: number, named?: string): DrawnPlan {
  const random = createRandom(seedOf(seed, `drill at level ${level}`));
  const quietMs = Math.round(quiet.least + random() * (quiet.most - quiet.least));
  const isDrawnFaultless = level === 3 && named === undefined && random() < 1 / faultlessOneIn;
  const isFaultless = isDrawnFaultless || named === faultlessId;
  const drawn = chooseScenario(catalogue, isFaultless ? undefined : named, random());
  const scenario = isFaultless ? withoutFault(drawn) : drawn;
  const plan = { catalogue: catalogue.digest, seed, level, scenario: isFaultless ? null : drawn.plan.id, quietMs };
  return { plan: level === 3 ? { ...plan, herring: drawHerring(seed) } : plan, scenario };
}

/** Its own draw, so that the other draws of a seed stay what they were. */
function drawHerring(seed: number): HerringKind {
  const share = createRandom(seedOf(seed, 'red herring'))();
  return herringKinds[Math.floor(share * herringKinds.length)] ?? 'odd-log-line';
}

function chooseScenario({ eligible }: Catalogue, named: string | undefined, share: number): BoundScenario {
  if (named === undefined) {
    const drawn = eligible[Math.floor(share * eligible.length)];
    if (drawn) return drawn;
    throw new InputError('no scenario can be played by a person', {
      code: 'DRILL_NO_SCENARIO',
      next: 'write one with a fault and a recovery; docs/scenarios.md explains how',
    });
  }
  const found = eligible.find(({ plan }) => plan.id === named);
  if (found) return found;
  throw new InputError(`there is no scenario ${named} that a person can play`, {
    code: 'SCENARIO_UNKNOWN',
    next: `name one of ${eligible.map(({ plan }) => plan.id).join(', ')}`,
  });
}

/** The same fleet and the same health, and nothing is broken. */
function withoutFault(scenario: BoundScenario): BoundScenario {
  const { selfHealing: _, mendedAfterMs: __, ...plan } = scenario.plan;
  return {
    ...scenario,
    fault: undefined,
    faultQueues: [],
    burst: [],
    plan: { ...plan, id: faultlessId, title: 'nothing is broken', fault: undefined, symptoms: [] },
  };
}

/** A plan under its seal. Only the digest may be seen before the end. */
export interface Sealed {
  readonly digest: string;
  readonly text: string;
  readonly nonce: string;
}

export function seal(plan: SealedPlan): Sealed {
  const [text, nonce] = [JSON.stringify(plan), randomBytes(16).toString('hex')];
  return { digest: sealOf(text, nonce), text, nonce };
}
