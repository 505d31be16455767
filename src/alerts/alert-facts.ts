/** What a run shows of the alert rules in its runbook without anything new to run. The judge gets it as a value. */
import type { Location } from '../kernel/errors.ts';
import type { Finding } from './alerts-report.ts';

export interface AlertFacts {
  /** What speaks against rules and table. */
  readonly findings: readonly Finding[];
  readonly rules: readonly RuleFacts[];
  /** What this run could not show, and why. */
  readonly notJudged: readonly NotJudged[];
}

export interface RuleFacts {
  readonly name: string;
  readonly location: Location;
  /** Scenarios after whose fault it was seen to fire, at one evaluation phase. */
  readonly firedIn: readonly string[];
}

export interface NotJudged {
  /** One sentence without its end. */
  readonly message: string;
  readonly location: Location;
  /** How long the fleet must stay as it was, healthy or broken, so that it can be judged. Sandbox ms. */
  readonly neededMs?: number;
}
