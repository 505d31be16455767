import { Option } from 'commander';

import type { Config } from '../config/define-config.ts';
import {
  readAge,
  readCount,
  readDrillTimeScale,
  readDuration,
  readDurationRange,
  readHerring,
  readLevel,
  readPort,
  readRange,
  readRobot,
  readSeed,
  readSteps,
  readText,
  readTimeScale,
  readVersion,
} from './read-flags.ts';

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
  printTouches: toggle('--print-touches', 'print what the procedures touched, for `touches` of the scenarios'),
  json: toggle('--json', 'print JSON instead of text'),
  timeScale: one('--time-scale <n>', readTimeScale, 'sandbox seconds per real second, 1 to 60', {
    config: 'timeScale',
  }),
  seed: withInitial('--seed <n>', readSeed, 1, 'seed of the random load, and of random choices'),
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
  sample: one(
    '--sample <n>',
    readCount,
    'draw this many mutants, evenly over operators and sections; --seed chooses the draw',
  ),
  minScore: withInitial('--min-score <percent>', readCount, 95, 'fail if a smaller share of the mutants is killed'),
  alerts: toggle('--alerts', 'change the alert rules instead of the blocks; needs --runs'),
  rules: one('--rules <file>', readText, 'a Prometheus rule file, in place of the rules of the runbook'),
  runs: many('--runs <run...>', readText, 'judge these recorded runs: folders below reports/'),
  base: one('--base <file>', readText, 'the old rules: a Prometheus rule file, or a runbook (.md)'),
  new: one('--new <file>', readText, 'the new rules: a Prometheus rule file, or a runbook (.md)'),
  rule: one('--rule <name>', readText, 'the alert rule to sweep; needed if there are several'),
  threshold: one(
    '--threshold <range>',
    readRange,
    'thresholds to try, e.g. 500..10000 (without: a quarter to four times the present one)',
  ),
  for: one(
    '--for <range>',
    readDurationRange,
    'values of `for` to try, e.g. 1m..15m (without: none to twice the present one)',
  ),
  steps: withInitial('--steps <n>', readSteps, 10, 'how many values of each to try, 2 to 40'),
  keepOut: many('--keep-out <scenario...>', readText, 'choose without these faults, then try the choice on them'),
  healthy: one('--healthy <duration>', readDuration, 'how long, in sandbox time, e.g. 6h'),
  hold: toggle('--hold', 'keep each fault as long as the slowest rule needs to fire'),
  scenario: one('--scenario <id>', readText, 'play this scenario instead of a drawn one'),
  drillSeed: one('--seed <n>', readSeed, 'seed of the draw and of the load (without: a random one, shown at the end)'),
  level: withInitial('--level <n>', readLevel, 1, 'how little the pages say, 1 to 3'),
  drillTimeScale: withInitial('--time-scale <n>', readDrillTimeScale, 1, 'sandbox seconds per real second, 1 to 10'),
  robot: one('--bot <name>', readRobot, 'let a robot play: perfect, runbook, hasty, idle or stranger'),
  player: one('--player <name>', readText, 'name or alias of the player (without: the name of this account)'),
  timeLimit: one(
    '--time-limit <duration>',
    readDuration,
    'how long the player has from the incident on, in real time (without: 30m)',
  ),
  quiet: one('--quiet <duration>', readDuration, 'calm before the incident, in sandbox time, instead of a drawn one'),
  manual: toggle('--manual', 'the incident comes when a facilitator runs "drill inject" in another terminal'),
  herring: one(
    '--herring <kind>',
    readHerring,
    'add this red herring: odd-log-line or idle-client (level 3 draws one)',
  ),
  yes: toggle('--yes', 'agree to be recorded, without a question'),
  plain: toggle('--plain', 'print each page at once as a line, for screen readers'),
  par: toggle('--par', "afterwards, also time the runbook's own procedure on the same sandbox"),
  port: withInitial('--port <n>', readPort, 0, 'serve at this port of the loopback (0: any free one)'),
  dryRun: toggle('--dry-run', 'draw and print what is no secret, then stop', { startsNothing: true }),
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
