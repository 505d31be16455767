// What set-up prepares for a command, in addition to Node and the packages.
// `src/cli/commands.ts` says which commands need Docker; a test holds the two against each other.

/**
 * @typedef {object} Needs
 * @property {boolean} docker the engine, Compose, the images and the native libraries
 * @property {boolean} promtool Prometheus' rule engine
 * @property {boolean} chromium a browser for the page tests
 */

const nothing = [
  'doctor',
  'baseline',
  'drill judge',
  'drill pause',
  'drill resume',
  'drill stop',
  'drill inject',
  'drill extend',
  'drill hint',
  'drill observe',
  'drill progress',
  'drill forget',
  'help',
];
/** These judge what was recorded. */
const promtoolAlone = ['judge', 'alerts sweep', 'alerts compare'];
/** With this flag a command judges recorded runs, too. */
const flagOfRecordings = '--runs';
export const flagsThatStartNothing = ['--help', '-h', '--version', '-V', '--list', '--dry-run'];

/**
 * @param {readonly string[]} words arguments of Drillbook, or `--run` and another command
 * @returns {Needs}
 */
export function needsOf(words) {
  // Such a command is one of the project's own, most often its tests.
  if (words[0] === '--run') return { docker: true, promtool: true, chromium: true };
  const names = [words.slice(0, 1).join(' '), words.slice(0, 2).join(' ')];
  const startsNothing = words.length === 0 || words.some((word) => flagsThatStartNothing.includes(word));
  if (startsNothing || names.some((name) => nothing.includes(name)))
    return { docker: false, promtool: false, chromium: false };
  const judgesRecordings = words.includes(flagOfRecordings) || names.some((name) => promtoolAlone.includes(name));
  return { docker: !judgesRecordings, promtool: true, chromium: false };
}
