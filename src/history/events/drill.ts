import type { Location } from '../../kernel/errors.ts';
import {
  bool,
  event,
  fields,
  integer,
  list,
  natural,
  number,
  oneOf,
  orNull,
  positive,
  text,
  type Shape,
} from '../shape.ts';
import { location } from './location.ts';

/** Stands for the address of a block in what is recorded around all that the player does. Findings name it. */
export const playerAddress = 'the player';

/** A drill begins: a person takes the place of the runbook's procedures. The first event after the run's own. */
export interface DrillStarted {
  readonly type: 'drill.started';
  /** Hex digest of the plan and its nonce (`drill.revealed`). The player saw it before anything happened. */
  readonly seal: string;
  /** 1: pages name the queue and the section. 2: they name only the metric. 3: also, nothing may be broken. */
  readonly level: number;
  /** Name or alias of the player. */
  readonly player: string;
  /** The robot that plays. Absent: a person. */
  readonly bot?: string;
  /** How long the player has since the fault took effect, real ms. */
  readonly timeLimitMs: number;
  /** How the player agreed to be recorded. */
  readonly consent: 'asked' | 'flag';
}

/** The fleet is steady, and the player's shell is open. The incident comes this much later, sandbox ms. */
export interface DrillQuiet {
  readonly type: 'drill.quiet';
  readonly ms: number;
}

export const drillEnds = ['resolved', 'stood-down', 'gave-up', 'time-limit', 'no-effect', 'shell-lost'] as const;
export type DrillEnd = (typeof drillEnds)[number];

/** A facilitator gave the player more time. */
export interface DrillExtended {
  readonly type: 'drill.extended';
  /** Real ms. */
  readonly byMs: number;
  /** How long the player has since the fault took effect, from now on; real ms. */
  readonly timeLimitMs: number;
  /** The account that gave the order. */
  readonly by: string;
}

/** A facilitator ended the quiet time: the incident comes now. */
export interface DrillTriggered {
  readonly type: 'drill.triggered';
  /** The account that gave the order. */
  readonly by: string;
}

/** The drill stands still until `drill.resumed`: its clock (`clock.changed`), its load and its limits. */
export interface DrillPaused {
  readonly type: 'drill.paused';
  /** `playerAddress`, or the account of a facilitator. */
  readonly by: string;
}

export interface DrillResumed {
  readonly type: 'drill.resumed';
}

export const herringKinds = ['odd-log-line', 'idle-client'] as const;
export type HerringKind = (typeof herringKinds)[number];

/** Something odd is in the fleet that is true, harmless, and has nothing to do with the incident. */
export interface HerringPlanted {
  readonly type: 'herring.planted';
  readonly kind: HerringKind;
  /** What the player can see. */
  readonly text: string;
}

/** The record was redacted by patterns of the configuration before it was written. */
export interface RecordRedacted {
  readonly type: 'record.redacted';
  readonly patterns: number;
  /** Matches that a mark replaces. */
  readonly replaced: number;
  /** Texts that were left out as a whole, because the search in them took too long. */
  readonly leftOut: number;
}

/** The player has no more part in the drill. The judge watches on. */
export interface DrillOver {
  readonly type: 'drill.over';
  readonly why: DrillEnd;
}

/** Opens the seal. */
export interface DrillRevealed {
  readonly type: 'drill.revealed';
  /** The exact text that was sealed: JSON. */
  readonly plan: string;
  readonly nonce: string;
}

export const pageSources = ['threshold', 'symptom', 'routine', 'customer'] as const;

/** The pager rang. */
export interface PageSent {
  readonly type: 'page.sent';
  /** Counts from 1. */
  readonly page: number;
  readonly text: string;
  /**
   * - `threshold`: an alert threshold of the runbook's table was crossed.
   * - `symptom`: no threshold was crossed, but the symptoms of the fault had lasted for some time.
   * - `customer`: neither was seen; a customer complained.
   * - `routine`: nothing is broken. The figure is true.
   */
  readonly source: (typeof pageSources)[number];
}

/** The player's terminal. */
export interface PlayerShell {
  readonly type: 'player.shell';
  readonly state: 'opened' | 'ended';
  /** File of the recording, beside the history. Its times count from `opened`. */
  readonly cast: string;
}

/** The player said that the page was seen. */
export interface PlayerAcked {
  readonly type: 'player.acked';
  readonly page: number;
}

/** The player declared an incident. */
export interface PlayerDeclared {
  readonly type: 'player.declared';
}

/** The player named the branch of the runbook and the broken part. */
export interface PlayerFound {
  readonly type: 'player.found';
  readonly section: string;
  readonly component: string;
  readonly why?: string;
}

export interface PlayerNoted {
  readonly type: 'player.noted';
  readonly text: string;
}

/** The player took a hint. */
export interface PlayerHinted {
  readonly type: 'player.hinted';
  /** Counts from 1. */
  readonly step: number;
  readonly price: number;
  readonly text: string;
  /** The facilitator who gave it, free of charge. Absent: the player took it. */
  readonly by?: string;
}

/** The player read a section of the runbook, or its contents (an empty number). */
export interface PlayerRead {
  readonly type: 'player.read';
  readonly section: string;
  readonly line?: number;
}

/** The player said that the incident is over, that there is none, or gave up. */
export interface PlayerEnded {
  readonly type: 'player.ended';
  readonly how: 'resolved' | 'stood-down' | 'gave-up';
}

/** A command of the runbook that a line of the player contains. */
export interface RecognisedCommand {
  readonly address: string;
  readonly location: Location;
  /** As the runbook has it. */
  readonly text: string;
  readonly how: 'verbatim' | 'edited';
  /** No other command follows it in the line, so that the line's exit code is its own. */
  readonly isLast: boolean;
}

/** A line that the player ran. */
export interface PlayerCommand {
  readonly type: 'player.command';
  readonly line: string;
  readonly cwd: string;
  /** Null: it was still running at the end. */
  readonly exitCode: number | null;
  /** By the shell's own clock, sandbox ms since 1970. */
  readonly startedS: number;
  readonly endedS: number | null;
  /** Empty: improvised. */
  readonly runbook: readonly RecognisedCommand[];
  /** It surely changes nothing. */
  readonly readsOnly: boolean;
}

/** Bytes that the player's shell reported were dropped, because they are too long for a line. Lines may be missing. */
export interface PlayerLost {
  readonly type: 'player.lost';
  readonly bytes: number;
}

export type DrillEvent =
  | DrillStarted
  | DrillQuiet
  | DrillExtended
  | DrillTriggered
  | DrillPaused
  | DrillResumed
  | HerringPlanted
  | RecordRedacted
  | DrillOver
  | DrillRevealed
  | PageSent
  | PlayerShell
  | PlayerAcked
  | PlayerDeclared
  | PlayerFound
  | PlayerNoted
  | PlayerLost
  | PlayerHinted
  | PlayerRead
  | PlayerEnded
  | PlayerCommand;

const recognised = fields<RecognisedCommand>({
  address: text,
  location,
  text,
  how: oneOf('verbatim', 'edited'),
  isLast: bool,
});

export const drillShapes: { readonly [Type in DrillEvent['type']]: Shape<Extract<DrillEvent, { type: Type }>> } = {
  'drill.started': event<DrillStarted>(
    { seal: text, level: positive, player: text, timeLimitMs: number, consent: oneOf('asked', 'flag') },
    { bot: text },
  ),
  'drill.quiet': event<DrillQuiet>({ ms: number }),
  'drill.extended': event<DrillExtended>({ byMs: positive, timeLimitMs: number, by: text }),
  'drill.triggered': event<DrillTriggered>({ by: text }),
  'drill.paused': event<DrillPaused>({ by: text }),
  'drill.resumed': event<DrillResumed>({}),
  'herring.planted': event<HerringPlanted>({ kind: oneOf(...herringKinds), text }),
  'record.redacted': event<RecordRedacted>({ patterns: positive, replaced: natural, leftOut: natural }),
  'drill.over': event<DrillOver>({ why: oneOf(...drillEnds) }),
  'drill.revealed': event<DrillRevealed>({ plan: text, nonce: text }),
  'page.sent': event<PageSent>({ page: positive, text, source: oneOf(...pageSources) }),
  'player.shell': event<PlayerShell>({ state: oneOf('opened', 'ended'), cast: text }),
  'player.acked': event<PlayerAcked>({ page: positive }),
  'player.declared': event<PlayerDeclared>({}),
  'player.found': event<PlayerFound>({ section: text, component: text }, { why: text }),
  'player.noted': event<PlayerNoted>({ text }),
  'player.lost': event<PlayerLost>({ bytes: natural }),
  'player.hinted': event<PlayerHinted>({ step: positive, price: number, text }, { by: text }),
  'player.read': event<PlayerRead>({ section: text }, { line: positive }),
  'player.ended': event<PlayerEnded>({ how: oneOf('resolved', 'stood-down', 'gave-up') }),
  'player.command': event<PlayerCommand>({
    line: text,
    cwd: text,
    exitCode: orNull(integer),
    startedS: number,
    endedS: orNull(number),
    runbook: list(recognised),
    readsOnly: bool,
  }),
};
