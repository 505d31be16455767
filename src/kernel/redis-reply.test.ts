import { expect, test } from 'vitest';

import { errorReply } from './redis-reply.ts';

test.each<readonly [string, string | undefined]>([
  ['OK\n', undefined],
  [
    "ERR Unknown option for CONFIG SET - 'maxmemory_policy'\n\n",
    "ERR Unknown option for CONFIG SET - 'maxmemory_policy'",
  ],
  ['level=warning msg="x"\nWRONGTYPE Operation against a key\n\n', 'WRONGTYPE Operation against a key'],
  ['(error) NOAUTH Authentication required.\n', 'NOAUTH Authentication required.'],
  ['1) OK\n2) (error) ERR value is not an integer\n', 'ERR value is not an integer'],
  [
    "OOM command not allowed when used memory > 'maxmemory'.\n\n",
    "OOM command not allowed when used memory > 'maxmemory'.",
  ],
  ['OK\nOOM command not allowed\n\nOK\n', 'OOM command not allowed'],
  ['AUTH failed: WRONGPASS invalid username-password pair\nPONG\n', 'WRONGPASS invalid username-password pair'],
  // A value that only looks like an error: a value has no blank line after it, and a terminal shows it in quotes.
  ['ERR is what the job logged\n', undefined],
  ['"(error) ERR is what the job logged"\n', undefined],
  ['# Memory\nused_memory:1\n\n# CPU\nx:1\n', undefined],
])('finds the error that Redis replied in %j', (text, expected) => {
  expect(errorReply(text)).toBe(expected);
});
