import type { RunbookFacts, ThresholdRow } from '../history/events.ts';
import type { Location } from '../kernel/errors.ts';

/** A Markdown runbook, read once; every position is that of the file on disk (lines and columns from 1). */
export interface Runbook {
  readonly file: string;
  /** Hex digest of the file's bytes as they stand on disk. */
  readonly sha256: string;
  readonly title: string;
  readonly version: string | undefined;
  /** Versions that the text states, e.g. `{ redis: '8.4.0', bullmq: '5' }`. */
  readonly declaredVersions: Readonly<Record<string, string>>;
  /** In the order of the file. */
  readonly sections: readonly Section[];
  /** Shell blocks, and behind them the commands of the quick reference card. */
  readonly procedures: readonly Procedure[];
  readonly thresholds: readonly ThresholdRow[];
  readonly alertRules: readonly AlertRule[];
  /** What was repaired while reading, one sentence each. */
  readonly repairs: readonly string[];
  /** The part of the runbook that goes into a history. */
  facts(): RunbookFacts;
  /** A procedure with its `<placeholders>` filled in; one that no value is given for stays. */
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
  /** What addresses it: its number, or for a heading without one its parent's path and its title. */
  readonly path: readonly string[];
  readonly parts: readonly Part[];
}

/** A stretch of a section under a label such as `**Solution:**`. */
export interface Part {
  /** Canonical English label; undefined when the label is none that is known. */
  readonly label: string | undefined;
  /** The label as the runbook words it. */
  readonly text: string;
  readonly line: number;
  readonly endLine: number;
}

/** One fenced shell block, or one command of the quick reference card. */
export interface Procedure {
  /** `3.2 > Solution > bash[1]`, `2.1 > bash[1]` for a block under no label, `Quick reference card > card[1]`. Unique in its runbook. */
  readonly address: string;
  readonly section: Section;
  /** Canonical English label of the part it stands in, if that is a known one. */
  readonly label: string | undefined;
  /** The label as the runbook words it. */
  readonly labelText: string | undefined;
  readonly language: string;
  /** From 1, among the blocks of the same language under the same label of the same section. */
  readonly ordinal: number;
  /** The block's text without the fence and without the indentation of the list or quotation it stands in; lines end in `\n`. */
  readonly code: string;
  /** First line and column of the code, and its last line. */
  readonly location: Location;
  readonly fenceLine: number;
  readonly annotation: Annotation;
  readonly commands: readonly Command[];
  /** Names of `<placeholders>` in the code, outside quotes, comments and here-documents, each once. */
  readonly placeholders: readonly string[];
  /** Positional parameters that the block needs and has no default for, e.g. `['1']`. */
  readonly parameters: readonly string[];
  /**
   * What the shell grammar could not make sense of. The grammar is stricter than bash in rare cases, so
   * `bash -n` has the last word before this becomes a finding.
   */
  readonly syntaxError: { readonly message: string; readonly location: Location } | undefined;
}

/** What `<!-- drillbook: … -->` above a fence says. */
export interface Annotation {
  readonly id: string | undefined;
  /** Why the block is not to be run. */
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
  /** The first word, when no expansion decides it. */
  readonly name: string | undefined;
  /** Name and arguments with quotes removed; undefined stands for a word that an expansion decides. */
  readonly words: readonly (string | undefined)[];
  readonly location: Location;
  /** From 1, within the block. */
  readonly lineInBlock: number;
  /** The last line, here-documents included. */
  readonly endLineInBlock: number;
  /** `condition`: its status decides an if, while, until, `&&`, `||` or `!`, so non-zero is no failure. */
  readonly role: CommandRole;
  /** Its pipeline stands after a `!`. */
  readonly negated: boolean;
  /** Its place among the members of a pipeline, from 0. */
  readonly pipeline: { readonly index: number; readonly size: number } | undefined;
  readonly kind: CommandKind;
  /** The function in whose body it stands. */
  readonly inFunction: string | undefined;
  readonly inSubshell: boolean;
  /** It stands in `$(…)`, backquotes, `<(…)` or `>(…)`. */
  readonly inSubstitution: boolean;
}

export interface AlertRule {
  readonly name: string;
  readonly expr: string;
  /** As written, e.g. `5m`; undefined when the rule has none. */
  readonly for: string | undefined;
  readonly keepFiringFor: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The rule group it stands in, if the block has groups. */
  readonly group: { readonly name: string; readonly interval: string | undefined } | undefined;
  /** From the rule's first line to its last. */
  readonly location: Location;
  /** Where the value of each field stands, by the field's name (`alert`, `expr`, `for`, `labels.severity`, …). */
  readonly fields: Readonly<Record<string, Location>>;
}
