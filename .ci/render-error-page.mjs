import { errorCodes } from './error-codes.mjs';

/**
 * docs/errors.md.
 * @param {ReadonlyMap<string, number>} found codes of the sources with their exit codes
 */
export function renderErrorPage(found) {
  const rows = (/** @type {number} */ exit) =>
    [...found]
      .filter(([, code]) => code === exit)
      .map(([code]) => `| \`${code}\` | ${errorCodes[code]?.[0] ?? ''} | ${errorCodes[code]?.[1] ?? ''} |`);
  const lines = [
    '# Errors',
    '',
    'Generated from `.ci/error-codes.mjs` by `npm run docs`. Do not edit.',
    '',
    'An error is one line: where, what happened, what to do next, and a code in brackets. The code stays the same between versions.',
    'Search for it here if the line is not enough. What a run finds in a *runbook* is not an error: [verdicts.md](verdicts.md).',
    '',
    '```',
    'drillbook: there is no scenario queue-pausd; name some of queue-paused, queues-paused [SCENARIO_UNKNOWN]',
    '```',
    '',
    '## Your input (exit code 64)',
    '',
    'Drillbook started nothing.',
    '',
    '| code | meaning | next step |',
    '|---|---|---|',
    ...rows(64),
    '',
    '## Drillbook or its surroundings (exit code 70)',
    '',
    '| code | meaning | next step |',
    '|---|---|---|',
    ...rows(70),
  ];
  return `${lines.join('\n')}\n`;
}
