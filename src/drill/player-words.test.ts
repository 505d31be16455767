import { expect, test } from 'vitest';

import type { EventBody, PageSent } from '../history/events.ts';
import { parseRunbook } from '../runbook/parse-runbook.ts';
import type { BoundScenario } from '../scenario/bind-scenario.ts';
import { pausedPlan } from '../verdict/testing/sample-run.ts';
import { createHintLadder } from './hint-ladder.ts';
import { hintsFor } from './hints.ts';
import type { Answer } from './player-door.ts';
import { createPlayerWords } from './player-words.ts';

const { procedures } = await parseRunbook(
  '# R\n\n## 3.2 Paused\n\n**Diagnosis:**\n\n```bash\nlook\n```\n\n**Solution:**\n\n```bash\nresume\n```\n',
  'r.md',
);
const [look, resume] = procedures.map((procedure) => ({ procedure }));
const scenario = { plan: pausedPlan, diagnosis: [look], recovery: [resume] } as unknown as BoundScenario;
const faultless = { ...scenario, plan: { ...pausedPlan, fault: undefined } };

function sitDown(played: BoundScenario = scenario) {
  const [events, ends]: [EventBody[], string[]] = [[], []];
  const pages: PageSent[] = [{ type: 'page.sent', page: 1, text: 'waiting jobs: 12', source: 'symptom' }];
  const answer = createPlayerWords({
    emit: (event) => events.push(event),
    end: (why) => ends.push(why),
    pages,
    runbook: {
      contents: () => '3.2 Paused',
      section: (number) => (number === '3.2' ? { text: 'text of 3.2', line: 3 } : undefined),
    },
    hints: createHintLadder(hintsFor(played, ['mail']), (event) => events.push(event)),
    components: new Set(['mail', 'rest']),
    pause: () => events.push({ type: 'drill.paused', by: 'x' }),
    clocks: () => 'sandbox clock 12:00:00',
  });
  const say = (line: string): Answer => {
    const [verb = '', ...words] = line.split(' ');
    return answer(verb, words);
  };
  return { say, events, ends };
}

test('a right and a wrong answer, and a right and a wrong all-clear, get the same reply', () => {
  const { say, events } = sitDown();
  expect(say('found 3.2 mail')).toEqual(say('found 3.2 rest'));
  expect(sitDown().say('resolved')).toEqual(sitDown(faultless).say('resolved'));
  expect(events.map(({ type }) => type)).toEqual(['player.found', 'player.found']);
});

test('what makes no sense is refused and not recorded', () => {
  const { say, events } = sitDown();
  for (const line of [
    'found',
    'found 3.2',
    'found 9.9 mail',
    'found 3.2 nothing',
    'note',
    'runbook 9',
    'nonsense',
    'toString',
  ])
    expect(say(line).ok).toBe(false);
  expect(events).toEqual([]);
});

test('a page is acknowledged once, and an end is said once to the director', () => {
  const { say, events, ends } = sitDown();
  say('ack');
  say('ack');
  say('standdown');
  expect(events.filter(({ type }) => type === 'player.acked')).toHaveLength(1);
  expect(ends).toEqual(['stood-down']);
});

test('the price of a hint comes before its text, asking costs nothing, and taking twice takes two', () => {
  const { say, events } = sitDown();
  const asked = say('hint').text;
  expect(asked).toContain('costs 5');
  expect(asked).not.toContain('3.2');
  expect(say('hint').text).toBe(asked);
  expect(events).toEqual([]);
  expect(say('hint take').text).toContain('3.2');
  expect(say('hint take').text).toContain('look');
  expect(events).toMatchObject([{ price: 5 }, { price: 10 }]);
  expect(say('status').text).toContain('2 taken, 15 points');
});

test('the price list of a drill without a fault is that of any other', () => {
  expect(sitDown(faultless).say('hint')).toEqual(sitDown().say('hint'));
  const prices = (played: BoundScenario) => hintsFor(played, ['mail']).map(({ price, about }) => [price, about]);
  expect(prices(faultless)).toEqual(prices(scenario));
});
