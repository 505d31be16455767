import type { CommandRan } from '../history/events.ts';

type Facts = Pick<CommandRan, 'text' | 'exitCode' | 'output' | 'cut'>;

/** Why a command failed, if its output and its exit code leave no doubt. */
interface Cause {
  readonly applies: (facts: Facts & { readonly output: string }) => boolean;
  readonly because: string | ((output: string) => string);
}

const causes: readonly Cause[] = [
  {
    applies: ({ cut }) => cut,
    because: 'it follows its output and never ends by itself, so a person who runs the block waits forever',
  },
  {
    applies: ({ output }) => output.includes('Queue name cannot contain :'),
    because: 'BullMQ 5 refuses a colon in a queue name',
  },
  {
    applies: ({ text, output }) =>
      /\bnpx\b.*\bbullmq\b/.test(text) && output.includes('could not determine executable to run'),
    because: 'the package bullmq ships no command-line tool',
  },
  {
    applies: ({ output }) => noService.test(output),
    because: (output) => `the compose file has no service ${noService.exec(output)?.[1]}`,
  },
  {
    applies: ({ output }) => notRunning.test(output),
    because: (output) => `${notRunning.exec(output)?.[1]} was not running, and \`exec\` needs a running container`,
  },
  {
    applies: ({ output }) => noModule.test(output),
    because: (output) => `the module ${noModule.exec(output)?.[1]} is not installed`,
  },
  { applies: ({ output }) => /the input device is not a TTY/i.test(output), because: '`-t` needs a terminal' },
  {
    applies: ({ output }) => /could not be removed because it is locked/.test(output),
    because: 'a live worker holds the lock of the job',
  },
  { applies: ({ exitCode }) => exitCode === 127, because: 'there is no such command' },
  { applies: ({ exitCode }) => exitCode === 126, because: 'the command cannot be executed' },
  {
    applies: ({ text, exitCode }) => exitCode === 1 && /^(?:e|f|z)?grep\b/.test(text),
    because: 'grep found no line that matches',
  },
  {
    applies: ({ output }) => output.includes('ECONNREFUSED'),
    because: 'nothing listens at the address it connects to',
  },
];

const noService = /no such service: ([\w.-]+)/;
const notRunning = /service "([^"]+)" is not running/;
const noModule = /Cannot find (?:module|package) '([^']+)'/;

/** The cause as a clause. Undefined: none is certain. */
export function causeOf(facts: Facts): string | undefined {
  const known = { ...facts, output: facts.output ?? '' };
  const found = causes.find(({ applies }) => applies(known));
  return typeof found?.because === 'function' ? found.because(known.output) : found?.because;
}
