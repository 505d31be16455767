import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { InputError } from '../kernel/errors.ts';
import { readRunbook } from './read-runbook.ts';

const folder = fileURLToPath(new URL('../../fixtures/runbooks-broken/', import.meta.url));

test.each<readonly [file: string, code: string, at: string | undefined, says: RegExp, next: RegExp]>([
  ['missing.md', 'RUNBOOK_NOT_FOUND', undefined, /missing\.md does not exist/, /--runbook/],
  ['directory.md', 'RUNBOOK_DIRECTORY', undefined, /is a directory/, /--runbook/],
  ['empty.md', 'RUNBOOK_EMPTY', '1', /empty/, /write at least one section/],
  ['binary.md', 'RUNBOOK_BINARY', '1', /not text/, /Markdown/],
  ['no-sections.md', 'RUNBOOK_NO_SECTIONS', '1', /no sections/, /under a heading/],
  ['section-twice.md', 'RUNBOOK_SECTION_DUPLICATE', '9', /section 1 .* line 3/, /its own number/],
  ['fence-unclosed.md', 'RUNBOOK_FENCE_UNCLOSED', '5:1', /not closed before the one at line 10/, /```/],
  ['block-empty.md', 'RUNBOOK_PROCEDURE_EMPTY', '5:1', /block is empty/, /remove the block/],
  ['id-twice.md', 'RUNBOOK_ID_DUPLICATE', '11', /line 6 .* `drain`/, /its own id/],
  [
    'annotation-unknown-key.md',
    'RUNBOOK_ANNOTATION',
    '5:17',
    /`timeot` is not known/,
    /the keys are id, skip, timeout/,
  ],
  ['annotation-bad-timeout.md', 'RUNBOOK_ANNOTATION', '5:17', /`timeout=soon`/, /timeout=90s/],
  ['annotation-stray.md', 'RUNBOOK_ANNOTATION', '5:1', /not above a shell block/, /directly above the fence/],
  ['threshold-unreadable.md', 'RUNBOOK_THRESHOLD', '7:20', /normal range of waiting .* `a few`/, /expected `< 1000`/],
  ['threshold-overlap.md', 'RUNBOOK_THRESHOLD', '7:3', /overlap/, /must not be both/],
  ['threshold-unknown-metric.md', 'RUNBOOK_THRESHOLD', '7:3', /`happiness` is not known/, /expected waiting/],
  ['threshold-tables-two.md', 'RUNBOOK_THRESHOLD', '13:3', /waiting already has .* line 7/, /keep one/],
  ['alert-yaml-broken.md', 'RUNBOOK_ALERT_RULE', '7:12', /cannot be read/, /as Prometheus reads it/],
  ['alert-no-expr.md', 'RUNBOOK_ALERT_RULE', '6:3', /High has no `expr`/, /expr:/],
  ['alert-bad-duration.md', 'RUNBOOK_ALERT_RULE', '8:8', /`for: soon`/, /expected for example 5m/],
])('refuses %s with a position and a next step', async (name, code, at, says, next) => {
  const file = `${folder}${name}`;
  const error: unknown = await readRunbook(file).catch((thrown: unknown) => thrown);
  if (!(error instanceof InputError)) throw new Error('expected an InputError', { cause: error });
  const { location } = error;
  const place = location && `${location.line}${location.column === undefined ? '' : `:${location.column}`}`;
  expect({ code: error.code, exit: error.exitCode, at: place }).toEqual({ code, exit: 64, at });
  expect(location?.file).toBe(at === undefined ? undefined : file);
  expect(error.message).toMatch(says);
  expect(error.next).toMatch(next);
});
