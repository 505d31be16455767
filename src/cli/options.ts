import { Option } from 'commander';

import type { Config } from '../config/define-config.ts';
import { readAge, readCount, readDuration, readSeed, readText, readTimeScale, readVersion } from './read-flags.ts';

// The one table of command-line options. A command picks keys from it (define-command.ts).
// Parsing, `--help` and docs/cli.md are made from it, and the type of a command's flags is inferred from it.
// To add an option: add a line here, and name its key in the command.

interface OptionSpec<Value> {
  /** As commander and the user write it: `--only <id...>`. */
  readonly flag: string;
  readonly text: string;
  /** Key of the configuration whose value counts when the flag is absent. */
  readonly config?: keyof Config;
  /** The value when the flag is absent and no configuration key stands in for it. */
  readonly initial?: Value;
  /** True if a command with this flag starts nothing, and so needs no Docker. */
  readonly startsNothing?: true;
  /** Absent for a flag without a value. */
  read?(text: string, before: Value | undefined): Value;
}

type Extra<Value> = Pick<OptionSpec<Value>, 'config' | 'startsNothing'>;

function toggle(flag: string, text: string, extra: Extra<true> = {}): OptionSpec<true | undefined> {
  return { flag, text, ...extra };
}

function one<Value>(
  flag: string,
  read: (text: string) => Value,
  text: string,
  extra: Extra<Value> = {},
): OptionSpec<Value | undefined> {
  return { flag, text, read: (value) => read(value), ...extra };
}

function many<Value>(
  flag: string,
  read: (text: string) => Value,
  text: string,
): OptionSpec<readonly Value[] | undefined> {
  return { flag, text, read: (value, before = []) => [...before, read(value)] };
}

function withInitial<Value>(
  flag: string,
  read: (text: string) => Value,
  initial: Value,
  text: string,
): OptionSpec<Value> {
  return { flag, text, initial, read: (value) => read(value) };
}

const options = {
  runbook: one('--runbook <file>', readText, 'the runbook to read', { config: 'runbook' }),
  only: many('--only <id...>', readText, 'use only these scenarios'),
  list: toggle('--list', 'list what would run, then stop', { startsNothing: true }),
  json: toggle('--json', 'print JSON instead of text'),
  timeScale: one('--time-scale <n>', readTimeScale, 'sandbox seconds per real second, 1 to 60', {
    config: 'timeScale',
  }),
  seed: withInitial('--seed <n>', readSeed, 1, 'seed of the random load'),
  sandboxes: one('--sandboxes <n>', readCount, 'share the work between this many sandboxes', { config: 'sandboxes' }),
  keep: toggle('--keep', 'leave the sandbox up after the run'),
  repeat: toggle('--repeat', 'also run each recovery again: on the healthy fleet, and after it was cut off half-way'),
  reuseControls: one(
    '--reuse-controls <age>',
    readAge,
    'reuse a recorded control arm up to this age, e.g. 24h, if only the recovery has changed since (0s: run and record all)',
  ),
  bullmq: one('--bullmq <version>', readVersion, 'run the example fleet on this version of BullMQ, e.g. 5.66.5'),
  redis: one('--redis <version>', readVersion, 'run on this version of Redis, e.g. 8.0.2'),
  bullmqVersions: many('--bullmq <version...>', readVersion, 'versions of BullMQ for the example fleet, e.g. 5.66.5'),
  redisVersions: many('--redis <version...>', readVersion, 'versions of Redis, e.g. 8.0.2'),
  resume: one('--resume <run>', readText, 'continue this earlier run: the folder below reports/'),
  atMost: one('--at-most <duration>', readDuration, 'start nothing more after this time, e.g. 5h; --resume continues'),
  mutant: many('--mutant <id...>', readText, 'run only these mutants'),
  minScore: withInitial('--min-score <percent>', readCount, 95, 'fail if a smaller share of the mutants is killed'),
  fresh: toggle('--fresh', 'discard the earlier measurements at the time scales of these runs'),
};

export type OptionName = keyof typeof options;

type ValueOf<Name extends OptionName> = (typeof options)[Name] extends OptionSpec<infer Value> ? Value : never;

/** The parsed values of these options, by key. */
export type Flags<Name extends OptionName> = { readonly [Key in Name]: ValueOf<Key> };

/** One option with everything that help and docs say about it. */
export interface DescribedOption {
  readonly flag: string;
  readonly text: string;
  /** The value when the flag is absent, or where it comes from. */
  readonly fallback: string | undefined;
  readonly startsNothing: boolean;
}

export function describeOption(name: OptionName): DescribedOption {
  const { flag, text, config, initial, startsNothing }: OptionSpec<unknown> = options[name];
  const fallback =
    config === undefined
      ? initial === undefined
        ? undefined
        : JSON.stringify(initial)
      : `${config} of the configuration`;
  return { flag, text, fallback, startsNothing: startsNothing === true };
}

/** The same option for commander, which parses it and prints `--help`. */
export function parserOption(name: OptionName): Option {
  const spec: OptionSpec<unknown> = options[name];
  const { flag, text, config, initial } = spec;
  const option = new Option(flag, config === undefined ? text : `${text} (default: ${config} of the configuration)`);
  if (spec.read) option.argParser<unknown>((value, before) => spec.read?.(value, before));
  // Commander adds this one to the help by itself.
  if (initial !== undefined) option.default(initial);
  return option;
}
