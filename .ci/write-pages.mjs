#!/usr/bin/env node
// Writes the generated pages of docs/. `test/docs.test.mjs` fails if a page is not up to date.
import { writeFileSync } from 'node:fs';

import { commands } from '../src/cli/commands.ts';
import { renderCliPage } from '../src/cli/render-cli-page.ts';
import { findErrorCodes } from './find-error-codes.mjs';
import { renderErrorPage } from './render-error-page.mjs';

writeFileSync(new URL('../docs/cli.md', import.meta.url), renderCliPage(commands));
writeFileSync(new URL('../docs/errors.md', import.meta.url), renderErrorPage(findErrorCodes()));
