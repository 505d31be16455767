#!/usr/bin/env node
// Writes the generated pages of docs/. Unit tests fail if a page is not what this script writes.
import { writeFileSync } from 'node:fs';

import { commands } from '../src/cli/commands.ts';
import { renderCliPage } from '../src/cli/render-cli-page.ts';

writeFileSync(new URL('../docs/cli.md', import.meta.url), renderCliPage(commands));
