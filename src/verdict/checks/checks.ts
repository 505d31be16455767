/**
 * Every check of a scenario, in the order in which reports list them. A new check is a file of its own and its name
 * here. `judge-scenario.ts` runs them; runs and the matrix read their properties.
 */
import { achieved } from './achieved.ts';
import { annotations } from './annotations.ts';
import { binding } from './binding.ts';
import { blastRadius } from './blast-radius.ts';
import type { ScenarioCheck } from './check.ts';
import { complete } from './complete.ts';
import { controlArm } from './control-arm.ts';
import { faultTookEffect } from './fault-took-effect.ts';
import { ledger } from './ledger.ts';
import { noWedge } from './no-wedge.ts';
import { order } from './order.ts';
import { procedures } from './procedures.ts';
import { recovered } from './recovered.ts';
import { recoveryTime } from './recovery-time.ts';
import { repeatHealthy } from './repeat-healthy.ts';
import { repeatInterrupted } from './repeat-interrupted.ts';
import { shows } from './shows.ts';
import { steadyState } from './steady-state.ts';
import { symptoms } from './symptoms.ts';
import { throughout } from './throughout.ts';
import { walls } from './walls.ts';

export const checks: readonly ScenarioCheck[] = [
  binding,
  annotations,
  steadyState,
  faultTookEffect,
  symptoms,
  ...procedures,
  shows,
  achieved,
  throughout,
  walls,
  recovered,
  recoveryTime,
  noWedge,
  blastRadius,
  ledger,
  order,
  controlArm,
  repeatHealthy,
  repeatInterrupted,
  complete,
];

/** The entry that a check of a report comes from, by the check's id. */
export function entryOf(id: string): ScenarioCheck | undefined {
  return checks.find((entry) => entry.id === id) ?? checks.find((entry) => id.startsWith(`${entry.id}:`));
}
