import { expect, test } from 'vitest';

import type { EventBody } from '../history/events.ts';
import { createHintLadder } from './hint-ladder.ts';
import { createOrders, type Directed } from './orders.ts';

function direct(more: Partial<Directed> = {}) {
  const [events, told]: [EventBody[], string[]] = [[], []];
  const emit = (event: EventBody): void => void events.push(event);
  let [injected, limit] = [0, 60_000];
  const order = createOrders({
    emit,
    manual: true,
    stage: () => 'quiet',
    inject: () => void (injected += 1),
    extend: (byMs) => (byMs > 100_000 ? undefined : (limit += byMs)),
    hints: createHintLadder([{ price: 5, about: 'x', text: 'look at 3.2' }], emit),
    tell: (text) => told.push(text),
    pause: () => false,
    resume: () => false,
    ...more,
  });
  return { order, events, told, injected: () => injected };
}

test('the incident comes once, and a second facilitator learns who was first', () => {
  const { order, events, injected } = direct();
  expect(order('inject', ['ana'])).toMatchObject({ ok: true });
  expect(order('inject', ['ben'])).toMatchObject({ ok: false, text: 'ana has injected the incident already' });
  expect(injected()).toBe(1);
  expect(events).toEqual([{ type: 'drill.triggered', by: 'ana' }]);
});

test('a drill whose incident comes by itself refuses the order', () => {
  const { order, events } = direct({ manual: false });
  expect(order('inject', ['ana'])).toMatchObject({ ok: false, text: expect.stringContaining('--manual') as string });
  expect(events).toEqual([]);
});

test('more time is recorded with the limit that holds from now on, and the player is told', () => {
  const { order, events, told } = direct();
  expect(order('extend', ['ana', '90000'])).toEqual({
    ok: true,
    text: 'the player has 2 minutes 30 seconds from the incident on',
  });
  expect(events).toEqual([{ type: 'drill.extended', byMs: 90_000, timeLimitMs: 150_000, by: 'ana' }]);
  expect(told).toEqual(['MORE TIME: ana gives 1 minute 30 seconds']);
  for (const bad of ['', '-5', 'x', '100001']) expect(order('extend', ['ana', bad]).ok).toBe(false);
  expect(events).toHaveLength(1);
});

test('a hint of the facilitator costs nothing, and only the player sees it', () => {
  const { order, events, told } = direct();
  expect(order('hint', ['ana']).text).not.toContain('3.2');
  expect(told.join()).toContain('look at 3.2');
  expect(events).toEqual([{ type: 'player.hinted', step: 1, price: 0, text: 'look at 3.2', by: 'ana' }]);
  expect(order('hint', ['ana'])).toMatchObject({ ok: false });
});

test('a drill that is over takes no orders, and there are no others', () => {
  const { order, events } = direct({ stage: () => 'over' });
  for (const verb of ['inject', 'extend', 'hint']) expect(order(verb, ['ana', '1000'])).toMatchObject({ ok: false });
  expect(direct().order('toString', ['ana']).ok).toBe(false);
  expect(events).toEqual([]);
});
