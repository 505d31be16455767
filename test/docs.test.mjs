import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

import { errorCodes } from '../.ci/error-codes.mjs';
import { findErrorCodes } from '../.ci/find-error-codes.mjs';
import { renderErrorPage } from '../.ci/render-error-page.mjs';
import { claimSpec } from '../src/claims/claims.ts';
import { commands } from '../src/cli/commands.ts';
import { renderCliPage } from '../src/cli/render-cli-page.ts';
import { contractKeys } from '../src/history/job-limits.ts';
import { checks } from '../src/verdict/checks/checks.ts';

const root = path.resolve(import.meta.dirname, '..');
const pages = globSync(['*.md', 'docs/*.md'], { cwd: root });

/** @param {string} name */
const read = (name) => readFileSync(path.join(root, name), 'utf8');

describe('generated pages', () => {
  test('docs/cli.md says what the tables of commands and options say', () => {
    expect(read('docs/cli.md'), 'run "npm run docs"').toBe(renderCliPage(commands));
  });

  test('.ci/error-codes.mjs explains every error code of the sources, and no other', () => {
    expect(Object.keys(errorCodes)).toEqual([...findErrorCodes().keys()]);
  });

  test('docs/errors.md says what .ci/error-codes.mjs says', () => {
    expect(read('docs/errors.md'), 'run "npm run docs"').toBe(renderErrorPage(findErrorCodes()));
  });
});

describe('written pages', () => {
  // Placebos run only in the control arm, so a report never has this check.
  const ids = checks.map(({ id }) => id).filter((id) => id !== 'placebo');
  test.each(ids)('docs/verdicts.md has a section about the check %s', (id) => {
    const headings =
      read('docs/verdicts.md')
        .match(/^### .*$/gm)
        ?.flatMap((line) => line.slice(4).split(', ')) ?? [];
    expect(headings).toContain(id.split(':')[0]);
  });

  const claims = claimSpec.options.flatMap(({ shape }) => [...shape.claim.values]);
  const limits = contractKeys.filter((name) => name !== 'lost');
  test.each([...faultKinds(), ...limits, ...claims.filter((name) => name !== 'alert')])(
    'docs/scenarios.md has a row about %s',
    (name) => expect(read('docs/scenarios.md')).toMatch(new RegExp(`^\\| \`${name}\` \\|`, 'm')),
  );

  test.each(pages)('every link in %s leads somewhere', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
    const broken = links.filter(([, file = '', anchor]) => {
      const target = file === '' ? page : path.join(path.dirname(page), file);
      if (!existsSync(path.join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

/** A fault is a file of its kind's name that exports a summary. */
function faultKinds() {
  const files = globSync('src/faults/*.ts', { cwd: root });
  return files.filter((file) => read(file).includes('  summarise:')).map((file) => path.basename(file, '.ts'));
}

/**
 * Anchors of a page's headings, as GitHub names them.
 * @param {string} text
 */
function anchorsOf(text) {
  const headings = text.match(/^#+ .*$/gm) ?? [];
  return headings.map((line) =>
    line
      .replace(/^#+ /, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}
