// Commands and flags for which set-up prepares only Node and the packages.
// `src/cli/commands.ts` says which commands need Docker; a test holds the two against each other.
export const commandsWithoutDocker = ['doctor', 'judge', 'baseline', 'help'];
export const flagsWithoutDocker = ['--help', '-h', '--version', '-V', '--list'];
