import { expect, test } from 'vitest';

import type { EventBody, PlayerCommand } from '../history/events.ts';
import { readsOnly } from '../history/reads-only.ts';
import { createRedaction, redactedMark } from '../history/redaction.ts';
import { isAboutDrill } from '../verdict/drill/describe-commands.ts';
import { redactEvent } from './redact-event.ts';

const redact = (body: EventBody, ...patterns: readonly RegExp[]): EventBody =>
  createRedaction(patterns, redactEvent).event(body);

const ran: PlayerCommand = {
  type: 'player.command',
  line: 'echo hunter2',
  cwd: '/srv',
  exitCode: 0,
  startedS: 0,
  endedS: 1,
  runbook: [],
  readsOnly: true,
};
const met = { type: 'wall', outcome: 'entered', attempt: 'run hunter2', message: 'hunter2' } as const;

test.each([
  ran,
  { type: 'player.noted', text: 'it is hunter2' },
  { type: 'player.found', section: '3.2', component: 'mail', why: 'hunter2' },
  { type: 'note', message: 'no hunter2' },
  { ...met, command: ['redis-cli', 'auth', 'hunter2'], errorReply: 'ERR hunter2' },
] satisfies EventBody[])('what was typed or answered is redacted in $type', (body) => {
  expect(JSON.stringify(body)).toContain('hunter2');
  expect(JSON.stringify(redact(body, /hunter2/))).not.toContain('hunter2');
  expect(redact(body, /other/)).toEqual(body);
});

test('a word of the drill stays one, and no other line becomes one', () => {
  for (const line of ['drill note hunter2', 'echo hunter2', 'drill $(restart)', 'drill note x; restart'])
    for (const pattern of [/.+/, /drill/, /\$\(.*/, /;.*/, /hunter2/, /^echo/]) {
      const after = redact({ ...ran, line }, pattern) as PlayerCommand;
      expect(isAboutDrill(after), `${line} ${pattern}`).toBe(isAboutDrill({ ...ran, line }));
    }
});

test('whether a command in a container only reads does not change', () => {
  for (const command of [
    ['redis-cli', 'get', 'k'],
    ['redis-cli', 'set', 'k', 'v'],
    ['curl', '-XPOST', 'http://a'],
    ['curl', '-s', 'http://a'],
  ])
    for (const pattern of [/get|set/, /-XPOST/, /^-.*/, /curl|redis-cli/, /.+/]) {
      const after = redact({ ...met, command }, pattern);
      expect(after.type === 'wall' && readsOnly(after.command ?? [])).toBe(readsOnly(command));
    }
});

test('an order that the engine carried out stays, because harm is judged by it', () => {
  const order = { ...met, outcome: 'obeyed', attempt: 'restart the container of mail' } as const;
  expect(redact(order, /restart/)).toEqual(order);
});

test('replacements are counted', () => {
  const redaction = createRedaction([/a/, /b/], redactEvent);
  redaction.event({ type: 'player.noted', text: 'a b a' });
  expect(redaction).toMatchObject({ patterns: 2, replaced: 3, leftOut: 0 });
  expect(redaction.text('x b')).toBe(`x ${redactedMark}`);
});
