import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

import { errorCodes } from '../.ci/error-codes.mjs';
import { findErrorCodes } from '../.ci/find-error-codes.mjs';
import { renderErrorPage } from '../.ci/render-error-page.mjs';
import { commands } from '../src/cli/commands.ts';
import { renderCliPage } from '../src/cli/render-cli-page.ts';

/** @param {string} name */
const page = (name) => readFile(new URL(`../docs/${name}`, import.meta.url), 'utf8');

test('docs/cli.md says what the tables of commands and options say', async () => {
  expect(await page('cli.md'), 'run "npm run docs"').toBe(renderCliPage(commands));
});

test('.ci/error-codes.mjs explains every error code of the sources, and no other', () => {
  expect(Object.keys(errorCodes)).toEqual([...findErrorCodes().keys()]);
});

test('docs/errors.md says what .ci/error-codes.mjs says', async () => {
  expect(await page('errors.md'), 'run "npm run docs"').toBe(renderErrorPage(findErrorCodes()));
});
