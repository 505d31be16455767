import { exitCode } from '../kernel/errors.ts';

export type ExitName = keyof typeof exitCode;

/** What each exit code means. A command that means something more exact says so in `exits`. */
const meanings: Readonly<Record<ExitName, string>> = {
  passed: 'everything passed',
  failed: 'something failed',
  inconclusive: 'something was inconclusive, and nothing failed',
  usage: 'bad usage or input; nothing was started',
  broken: 'Drillbook itself broke',
  interrupted: 'the run was interrupted',
};

/** The exit codes of one command, in ascending order. */
export function exitCodesOf(own: Partial<Record<ExitName, string>> = {}): readonly (readonly [number, string])[] {
  const names = Object.keys(meanings) as ExitName[];
  return names.map((name) => [exitCode[name], own[name] ?? meanings[name]]);
}
