import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { formatLocation, InputError } from '../kernel/errors.ts';
import { readRunbook } from './read-runbook.ts';

const folder = fileURLToPath(new URL('../../fixtures/runbooks-broken/', import.meta.url));

test.each<readonly [file: string, code: string, at: string | undefined, says: RegExp, next: RegExp]>([
  ['missing.md', 'RUNBOOK_NOT_FOUND', undefined, /missing\.md does not exist/, /--runbook/],
  ['directory.md', 'RUNBOOK_DIRECTORY', undefined, /is a directory/, /--runbook/],
  ['empty.md', 'RUNBOOK_EMPTY', '1', /empty/, /write at least one section/],
  ['binary.md', 'RUNBOOK_BINARY', '1', /not text/, /Markdown/],
  ['no-sections.md', 'RUNBOOK_NO_SECTIONS', '1', /no sections/, /under a heading/],
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

test('reads two sections with the same number, each block with its own address', async () => {
  const { procedures, notUnderstood } = await readRunbook(`${folder}section-twice.md`);
  expect(procedures.map(({ address }) => address)).toEqual(['1 Repair > bash[1]', '1 Again > bash[1]']);
  expect(notUnderstood).toEqual([]);
});

test.each<readonly [file: string, at: string, says: RegExp]>([
  ['fence-unclosed.md', '5:1', /not closed before the one at line 10 .* ```$/],
  ['block-empty.md', '5:1', /block is empty; .* remove the block/],
  ['id-twice.md', '11', /line 6 .* `drain`, .* its own id/],
  ['annotation-unknown-key.md', '5:17', /`timeot` is not known; the keys are id, skip, timeout/],
  ['annotation-bad-timeout.md', '5:17', /`timeout=soon` .* timeout=90s/],
  ['annotation-stray.md', '5:1', /not above a block .* directly above the fence/],
  ['threshold-unreadable.md', '7:20', /normal range of waiting .* `a few`; expected `< 1000`/],
  ['threshold-overlap.md', '7:3', /overlap; a value must not be both/],
  ['threshold-unknown-metric.md', '7:3', /`happiness` is none of the thresholds .*: waiting/],
  ['threshold-tables-two.md', '11', /waiting, .* line 5, .* one table/],
])('reads %s and notes what it does not understand', async (name, at, says) => {
  const file = `${folder}${name}`;
  const { notUnderstood, sections } = await readRunbook(file);
  expect(sections).not.toEqual([]);
  expect(notUnderstood.map(({ location }) => formatLocation(location))).toEqual([`${file}:${at}`]);
  expect(notUnderstood[0]?.message).toMatch(says);
});

test.each<readonly [file: string, at: string, says: RegExp, next: RegExp]>([
  ['alert-yaml-broken.md', '7:12', /cannot be read/, /correct the YAML/],
  ['alert-no-expr.md', '6:3', /High has no `expr`/, /expr:/],
  ['alert-bad-duration.md', '8:8', /`for: soon`/, /expected for example 5m/],
])('reads %s and keeps the problem of its alert rule', async (name, at, says, next) => {
  const file = `${folder}${name}`;
  const { alertRules, alertProblems, sections } = await readRunbook(file);
  expect(sections).not.toEqual([]);
  expect(alertRules).toEqual([]);
  expect(alertProblems.map(({ location }) => `${location.file}:${location.line}:${location.column}`)).toEqual([
    `${file}:${at}`,
  ]);
  expect(alertProblems[0]?.message).toMatch(says);
  expect(alertProblems[0]?.next).toMatch(next);
});
