import { expect, test } from 'vitest';

import { createPrompter } from './prompter.ts';
import { Screen } from './screen.ts';

const question = { pid: 7, mode: 'line', timed: false, seenAt: 1000 } as const;

function screenWith(text: string, at: number): Screen {
  const screen = new Screen();
  screen.add(text, at);
  return screen;
}

test('answers a question by its text, as soon as the text has arrived', () => {
  const prompter = createPrompter([{ prompt: /which queue/gi, reply: 'mail' }], ['first', 'second']);
  prompter.asked(question);
  const screen = screenWith('Which queue? ', 1050);
  expect(prompter.next(screen, 1100)).toBeUndefined();
  expect(prompter.next(screen, 1150)).toMatchObject({ text: 'Which queue?', reply: 'mail' });
  expect(prompter.next(screen, 9000)).toBeUndefined();
});

test("gives the runbook's own answers in their order", () => {
  const prompter = createPrompter([{ prompt: /which queue/i, reply: 'mail' }], ['first', 'second']);
  const screen = screenWith('Sure? ', 1000);
  const replies = [1, 2, 3].map((nth) => {
    prompter.asked({ ...question, seenAt: 1000 * nth });
    return prompter.next(screen, 1000 * nth + 2000)?.reply;
  });
  expect(replies).toEqual(['first', 'second', undefined]);
});

test('waits for a late text before a question counts as unanswered', () => {
  const prompter = createPrompter([{ prompt: /really/i, reply: 'y' }], []);
  prompter.asked(question);
  const screen = screenWith('loading …\n', 900);
  expect(prompter.next(screen, 2900)).toBeUndefined();
  screen.add('Really? ', 2950);
  expect(prompter.next(screen, 3050)).toMatchObject({ text: 'Really?', reply: 'y' });

  prompter.asked({ ...question, seenAt: 4000 });
  screen.add('\nAre you there? ', 4000);
  expect(prompter.next(screen, 5999)).toBeUndefined();
  expect(prompter.next(screen, 6000)).toMatchObject({ text: 'Are you there?', reply: undefined });
});
