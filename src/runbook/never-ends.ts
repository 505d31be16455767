import type { Command } from './runbook.ts';

type Words = readonly (string | undefined)[];

/**
 * Whether a command runs until the user stops it, such as `docker compose logs -f`. Only its words count: a command
 * whose
 * pipe would end it early also counts as never-ending.
 */
export function neverEnds(command: Pick<Command, 'words' | 'kind'>): boolean {
  return command.kind === 'simple' && endless(command.words);
}

/** Whether a command is `timeout` around one that never ends by itself, and the exit code is that of its limit. */
export function reachedLimit(command: Pick<Command, 'words' | 'kind'>, exitCode: number): boolean {
  return command.kind === 'simple' && limited(command.words, exitCode);
}

function endless(words: Words): boolean {
  const [name, ...args] = words;
  const rule = name === undefined ? undefined : rules.get(programOf(name));
  return rule?.(args) ?? false;
}

function limited([name, ...args]: Words, exitCode: number): boolean {
  const program = name === undefined ? '' : programOf(name);
  if (wrappers.includes(program)) return limited(wrapped(args), exitCode);
  if (program !== 'timeout') return false;
  const valued = ['-k', '--kill-after', '-s', '--signal'];
  const options = upToCommand(args, valued);
  const [, ...command] = afterOptions(args, valued);
  return endless(command) && limitCodes(options).includes(exitCode);
}

/** The exit codes with which `timeout` shows that the time was up. */
function limitCodes(options: Words): readonly number[] {
  const kills = /(?:^| )(?:-k|--kill-after)|KILL\b|(?:-s|--signal)[ =]?9\b/.test(options.join(' '));
  const preserves = options.some((option) => option === '-p' || option === '--preserve-status');
  // The command may handle the signal and end in its own way: 130 is what Docker's client makes of it.
  return [124, ...(kills ? [137] : []), ...(preserves ? [130, 143] : [])];
}

function programOf(name: string): string {
  return name.replace(/^.*\//, '');
}

/** Programs that only start another one, whose words follow their own options. */
const wrappers: readonly string[] = ['sudo', 'env', 'nohup', 'exec', 'command', 'time', 'nice', 'stdbuf'];

function wrapped(args: Words): Words {
  return args.slice(args.findIndex((arg) => !/^-|=/.test(arg ?? '')));
}

const rules: ReadonlyMap<string, (args: Words) => boolean> = new Map([
  ['tail', (args: Words) => has(args, 'fF', '--follow', '--retry')],
  ['journalctl', (args: Words) => has(args, 'f', '--follow')],
  ['watch', () => true],
  ['htop', () => true],
  ['yes', () => true],
  ['top', (args: Words) => !has(args, 'n') && !args.some((arg) => /^-[a-z]*b?n\d*$/.test(arg ?? ''))],
  ['ping', (args: Words) => !has(args, 'cw')],
  ['sleep', (args: Words) => args[0] === 'infinity' || args[0] === 'inf'],
  ['redis-cli', redisCli],
  [
    'kubectl',
    (args: Words) =>
      (args.includes('logs') && has(args, 'f', '--follow')) || (args.includes('get') && has(args, 'w', '--watch')),
  ],
  ['docker', docker],
  ['docker-compose', compose],
  ['podman', docker],
  ...wrappers.map((name) => [name, (args: Words) => endless(wrapped(args))] as const),
]);

/** Options that take the next word as their value. */
export const dockerValued = ['--context', '-c', '-H', '--host', '-l', '--log-level', '--config'];
export const composeValued = [
  '-f',
  '--file',
  '-p',
  '--project-name',
  '--profile',
  '--env-file',
  '--project-directory',
  '--ansi',
  '--progress',
  '--parallel',
];
export const execValued = ['-u', '--user', '-w', '--workdir', '-e', '--env', '--index'];

function docker(args: Words): boolean {
  const [verb, ...rest] = afterOptions(args, dockerValued);
  if (verb === 'compose') return compose(rest);
  if (verb === 'container') return docker(rest);
  return verb === 'events' || follows(verb, rest, ['-u', '--user', '-w', '--workdir', '-e', '--env', '--env-file']);
}

function compose(args: Words): boolean {
  const [verb, ...rest] = afterOptions(args, composeValued);
  if (verb === 'up') return !has(rest, 'd', '--detach', '--wait', '--no-start');
  if (verb === 'watch' || verb === 'events') return true;
  return follows(verb, rest, execValued);
}

/** The commands that `docker` and `docker compose` share. */
function follows(verb: string | undefined, rest: Words, execOptions: readonly string[]): boolean {
  switch (verb) {
    case 'logs':
      return has(rest, 'f', '--follow');
    case 'stats':
      return !has(rest, '', '--no-stream');
    case 'attach':
      return true;
    case 'exec':
      return !has(upToCommand(rest, execOptions), 'd', '--detach') && endless(afterOptions(rest, execOptions).slice(1));
    default:
      return false;
  }
}

function redisCli(args: Words): boolean {
  if (args.some((arg) => arg === '--stat' || arg === '--latency' || arg === '--latency-history')) return true;
  const [verb] = afterOptions(args, ['-h', '-p', '-s', '-a', '-u', '-n', '--user', '--pass', '-r', '-i']);
  return /^(?:monitor|p?subscribe|ssubscribe)$/i.test(verb ?? '');
}

/** Drops leading options and their values. */
export function afterOptions(args: Words, valued: readonly string[]): Words {
  return args.slice(upToCommand(args, valued).length);
}

function upToCommand(args: Words, valued: readonly string[]): Words {
  let at = 0;
  while (at < args.length && (args[at] ?? '').startsWith('-')) at += valued.includes(args[at] ?? '') ? 2 : 1;
  return args.slice(0, at);
}

/** Whether there is one of the short options, also combined as in `-tf`, or of the long ones, except `--long=false`. */
function has(args: Words, letters: string, ...long: readonly string[]): boolean {
  return args.some((arg) => {
    if (arg === undefined || !arg.startsWith('-')) return false;
    if (arg.startsWith('--'))
      return long.some((option) => arg === option || (arg.startsWith(`${option}=`) && !arg.endsWith('=false')));
    return /^-[A-Za-z]+$/.test(arg) && letters.split('').some((letter) => arg.slice(1).includes(letter));
  });
}
