import type { AlertRule } from '../runbook/runbook.ts';
import type { AlertsInput } from './alerts-input.ts';
import type { Range } from './sweep-grid.ts';

export type SweepSource = Omit<AlertsInput, 'rules'>;

export interface SweepInput extends SweepSource {
  readonly rule: AlertRule;
  readonly threshold?: Range | undefined;
  /** Range of `for`, sandbox ms. */
  readonly wait?: Range | undefined;
  /** Values on each axis. */
  readonly steps: number;
  /** Scenarios to keep out of the choice. Undefined: every third fault, by the seed. */
  readonly keepOut?: readonly string[] | undefined;
  readonly seed: number;
}
