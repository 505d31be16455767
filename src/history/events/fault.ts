import { bool, event, strings, text } from '../shape.ts';

export interface FaultInjecting {
  readonly type: 'fault.injecting';
  readonly kind: string;
  readonly summary: string;
}

/** What an observer other than the fault itself saw of its effect. */
export interface FaultProved {
  readonly type: 'fault.proved';
  readonly kind: string;
  /** The fault took effect. */
  readonly bit: boolean;
  readonly evidence: string;
  /** Services of which the proof saw no running container. */
  readonly gone?: readonly string[];
}

export interface FaultHealed {
  readonly type: 'fault.healed';
  readonly kind: string;
  readonly healed: boolean;
  readonly message?: string;
}

export const faultInjecting = event<FaultInjecting>({ kind: text, summary: text });
export const faultProved = event<FaultProved>({ kind: text, bit: bool, evidence: text }, { gone: strings });
export const faultHealed = event<FaultHealed>({ kind: text, healed: bool }, { message: text });
