import type { ShellCommand } from './shell-command.ts';

const words = (...lines: readonly string[]): ReadonlySet<string> => new Set(lines.flatMap((line) => line.split(' ')));

/** Programs of the operator's image that act on the fleet, or ask it. English text rarely begins with their names. */
const fleetPrograms = words('docker redis-cli curl jq');

/** Programs that run another one. */
const wrappers = words('timeout time env exec command nohup nice stdbuf watch xargs');

/**
 * Builtins of bash, and text and file tools of the operator's image. Programs that look at the operator's own host
 * (`ps`, `free`, `kill` of a process) are left out, because the runbook means another host.
 */
const tools = words(
  ': . [ alias break cd continue declare echo eval exit export false getopts let local mapfile printf pwd read readarray',
  'readonly return set shift shopt source test trap true type typeset ulimit umask unalias unset wait bash sh',
  'awk base64 basename cat comm cp cut date diff dirname du expr find fold grep egrep fgrep head hostname id join ln ls',
  'md5sum mkdir mktemp mv nl od paste readlink realpath rm rmdir sed seq sha256sum shuf sleep sort split stat tac tail',
  'tar tee touch tr uniq wc which yes gzip gunzip zcat cmp sum',
);

/**
 * Whether a fence without a shell's tag holds commands: the operator has the first word of each, and one of them is
 * about the fleet.
 */
export function areForOperator(commands: readonly ShellCommand[]): boolean {
  const functions = new Set(commands.flatMap(({ inFunction }) => inFunction ?? []));
  const known = ({ name, kind }: ShellCommand): boolean =>
    kind !== 'simple' ||
    (name !== undefined && (fleetPrograms.has(name) || tools.has(name) || wrappers.has(name) || functions.has(name)));
  return commands.every(known) && commands.some(isForFleet);
}

function isForFleet({ name, words: all }: ShellCommand): boolean {
  if (name === undefined) return false;
  return fleetPrograms.has(name) || (wrappers.has(name) && all.some((word) => fleetPrograms.has(word ?? '')));
}
