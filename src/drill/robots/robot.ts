import type { RobotScreen } from './robot-screen.ts';

export const robotNames = ['perfect', 'runbook', 'hasty', 'idle', 'stranger'] as const;
export type RobotName = (typeof robotNames)[number];

/** How long a careful robot looks on before it calls the incident resolved, seconds of the shell's clock. */
export const lookAgainS = 30;

/** A block that a robot pastes, with what it answers if the block asks. */
export interface RobotBlock {
  readonly code: string;
  readonly answers: readonly { readonly prompt: string; readonly reply: string }[];
}

/** What a robot is told before it sits down. It sees nothing else but its terminal. */
export interface RobotTask {
  readonly name: RobotName;
  /** Only for robots that may know the answer; otherwise absent. */
  readonly knows?:
    | {
        readonly section: string;
        readonly component: string;
        readonly cure: readonly RobotBlock[];
        /** `lookAgainS`; tests need less. */
        readonly lookAgainS: number;
      }
    | undefined;
}

/** One robot: what it does at its terminal, until it is done. */
export type Robot = (screen: RobotScreen, task: RobotTask) => Promise<void>;
