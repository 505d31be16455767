import { expect, test } from 'vitest';

import { changesOf } from './testing/mutants-of.ts';

const all = ['confirm-empty', 'confirm-part', 'confirm-unless-n'];
const asked = (read: string, guard: string): string => `${read}\n${guard}\n  exit 1\nfi\ndocker compose stop mail`;

test('takes an empty line, or anything but n, for a yes', async () => {
  const code = asked('read -p "Continue? (y/N) " -n 1 -r', 'if [[ ! $REPLY =~ ^[Yy]$ ]]; then');
  expect(await changesOf(code, ...all)).toEqual([
    'confirm-empty:7 if [[ -n $REPLY && ! $REPLY =~ ^[Yy]$ ]]; then',
    'confirm-unless-n:7 if [[ $REPLY == [Nn]* ]]; then',
  ]);
});

test('takes a part of the word for the word', async () => {
  const code = asked(`read -p "Type 'DRAIN': " -r`, 'if [[ $REPLY != "DRAIN" ]]; then');
  expect(await changesOf(code, ...all)).toEqual([
    'confirm-empty:7 if [[ -n $REPLY && $REPLY != "DRAIN" ]]; then',
    'confirm-part:7 if [[ $REPLY != "D"* ]]; then',
    'confirm-unless-n:7 if [[ $REPLY == [Nn]* ]]; then',
  ]);
  expect(await changesOf(asked('read -r sure', 'if [[ ! $sure =~ ^yes$ ]]; then'), 'confirm-part')).toEqual([
    'confirm-part:7 if [[ ! $sure =~ ^y ]]; then',
  ]);
});

test('changes a test in single brackets, and one that asks for a yes', async () => {
  const code = 'read -r -p "Sure? " answer\n[ "$answer" = "yes" ] || exit 0\ndocker compose stop mail';
  expect(await changesOf(code, ...all)).toEqual([
    'confirm-empty:7 [ -z "$answer" ] || [ "$answer" = "yes" ] || exit 0',
    'confirm-part:7 [ "${answer:0:1}" = "y" ] || exit 0',
    'confirm-unless-n:7 [ "$answer" != "n" ] || exit 0',
  ]);
});

test('leaves tests of other variables, and one that asks for a no, alone', async () => {
  const code = 'read -r answer\nif [[ $QUEUE != "all" ]]; then exit 1; fi\nif [[ $answer == "no" ]]; then exit 1; fi';
  expect(await changesOf(code, ...all)).toEqual([]);
  expect(await changesOf('if [[ $REPLY != "DRAIN" ]]; then exit 1; fi', ...all)).toEqual([]);
});
