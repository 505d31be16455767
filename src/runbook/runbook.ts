import type {
  AlertRule,
  NotUnderstood,
  RecordingRule,
  RuleProblem,
  RunbookFacts,
  ThresholdRow,
} from '../history/events.ts';
import type { Location } from '../kernel/errors.ts';

export type { AlertRule, NotUnderstood, RecordingRule, RuleGroup, RuleProblem, TextAnchor } from '../history/events.ts';

/** A parsed Markdown runbook. Every position is that of the file on disk; lines and columns count from 1. */
export interface Runbook {
  readonly file: string;
  /** Hex digest of the file's bytes on disk. */
  readonly sha256: string;
  readonly title: string;
  readonly version: string | undefined;
  /** Versions that the text states, e.g. `{ redis: '8.4.0', bullmq: '5' }`. */
  readonly declaredVersions: Readonly<Record<string, string>>;
  /** In the order of the file. */
  readonly sections: readonly Section[];
  /** The shell blocks, followed by the commands of the quick reference card. */
  readonly procedures: readonly Procedure[];
  /** Blocks that cannot be read, in the order of the file. They are on the list `notUnderstood` too. */
  readonly refused: readonly RefusedBlock[];
  readonly thresholds: readonly ThresholdRow[];
  readonly alertRules: readonly AlertRule[];
  readonly recordingRules: readonly RecordingRule[];
  /** In the order of the file. A rule that could not be read is in none of the lists of rules. */
  readonly alertProblems: readonly RuleProblem[];
  /** What Drillbook can neither run nor check, in the order of the file. */
  readonly notUnderstood: readonly NotUnderstood[];
  /** One sentence for each repair of the text in memory. */
  readonly repairs: readonly string[];
  /** The part of the runbook that a history records. */
  facts(): RunbookFacts;
  /** Whether its text matches. */
  states(pattern: RegExp): boolean;
  /** A procedure with its `<placeholders>` filled in. A placeholder without a value stays. */
  fill(procedure: Procedure, values: Readonly<Record<string, string>>): Procedure;
}

export interface Section {
  /** `3.2`; empty for a heading without a number. */
  readonly number: string;
  /** The heading without its number. */
  readonly title: string;
  readonly level: number;
  readonly line: number;
  /** Last line of the section's content, sub-sections included. */
  readonly endLine: number;
  /** Its address: the number, or the parent's path and the title if it has no number. */
  readonly path: readonly string[];
  readonly parts: readonly Part[];
}

/** A part of a section under a label such as `**Solution:**`. */
export interface Part {
  /** Canonical English label; undefined if the label is not known. */
  readonly label: string | undefined;
  /** The label in the words of the runbook. */
  readonly text: string;
  readonly line: number;
  readonly endLine: number;
}

/** One fenced shell block, or one command of the quick reference card. */
export interface Procedure {
  /**
   * `3.2 > Solution > bash[1]`, `2.1 > bash[1]` for a block under no label, `Quick reference card > card[1]`. Unique
   * in its runbook.
   */
  readonly address: string;
  readonly section: Section;
  /** Canonical English label of its part, if that label is known. */
  readonly label: string | undefined;
  /** The label in the words of the runbook. */
  readonly labelText: string | undefined;
  readonly language: string;
  /** Counts from 1 among the blocks of the same language under the same label of the same section. */
  readonly ordinal: number;
  /** The block's text without its fence and without the indentation of a list or quotation. Lines end in `\n`. */
  readonly code: string;
  /** First line and column of the code, and its last line. */
  readonly location: Location;
  readonly fenceLine: number;
  readonly annotation: Annotation;
  readonly commands: readonly Command[];
  /** Names of `<placeholders>` in the code, outside quotes, comments and here-documents, each once. */
  readonly placeholders: readonly string[];
  /** Positional parameters that the block needs and that have no default, e.g. `['1']`. */
  readonly parameters: readonly string[];
  /**
   * A part that the shell grammar could not parse. In rare cases the grammar is stricter than bash, so `bash -n`
   * decides
   * whether this becomes a finding.
   */
  readonly syntaxError: { readonly message: string; readonly location: Location } | undefined;
}

/** Keys of an annotation that change how its block is run or judged. They count only if the project allows them. */
export const excusingKeys = ['skip', 'timeout', 'answers', 'expect-exit'] as const;
export type ExcusingKey = (typeof excusingKeys)[number];

/** What an address needs of a block. */
export type AddressedBlock = Pick<
  Procedure,
  'address' | 'section' | 'label' | 'labelText' | 'language' | 'ordinal' | 'code' | 'location' | 'fenceLine'
> & { readonly annotation: Pick<Annotation, 'id'> };

/** A block that cannot be read. It keeps its address, so that a selector never finds another block in its place. */
export interface RefusedBlock extends AddressedBlock {
  /** Why, and what to do. */
  readonly problem: string;
}

/** The content of `<!-- drillbook: … -->` above a fence. */
export interface Annotation {
  readonly id: string | undefined;
  /** Why the block must not run. */
  readonly skip: string | undefined;
  readonly timeoutMs: number | undefined;
  /** Answers to the block's prompts, in order. */
  readonly answers: readonly string[] | undefined;
  readonly expectExit: number | undefined;
}

export type CommandRole = 'command' | 'condition' | 'background';
export type CommandKind = 'simple' | 'test' | 'arithmetic' | 'assignment' | 'declaration';

/** One simple command of a shell block. */
export interface Command {
  /** Source text with its redirections, without the body of a here-document. */
  readonly text: string;
  /** The first word, unless an expansion decides it. */
  readonly name: string | undefined;
  /** Name and arguments without quotes; undefined for a word that an expansion decides. */
  readonly words: readonly (string | undefined)[];
  readonly location: Location;
  /** Line within the block, from 1. */
  readonly lineInBlock: number;
  /** The last line, here-documents included. */
  readonly endLineInBlock: number;
  /** `condition`: its status decides an if, while, until, `&&`, `||` or `!`, so a non-zero status is no failure. */
  readonly role: CommandRole;
  /** Its pipeline has a `!` in front. */
  readonly negated: boolean;
  /** Its place among the members of a pipeline, from 0. */
  readonly pipeline: { readonly index: number; readonly size: number } | undefined;
  readonly kind: CommandKind;
  /** The function that contains it. */
  readonly inFunction: string | undefined;
  readonly inSubshell: boolean;
  /** It is inside `$(…)`, backquotes, `<(…)` or `>(…)`. */
  readonly inSubstitution: boolean;
}
