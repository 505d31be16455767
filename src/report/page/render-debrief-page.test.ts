import { array, assert, asyncProperty } from 'fast-check';
import { expect, test } from 'vitest';

import { harmfulIn, hostileText } from '../../kernel/testing/hostile-text.ts';
import { playWell, verbatim } from '../../verdict/testing/record-drill.ts';
import { debriefPageOf, judgedDrill } from '../testing/sample-debrief.ts';
import { castText, dataOf } from '../testing/sample-page.ts';

test('outcome and harm stand first, speed after that', async () => {
  const page = await debriefPageOf();
  const places = [
    'pill pass">recovered',
    'What went wrong',
    'the queue rest',
    'TTM',
    'What the runbook should change',
  ].map((text) => page.indexOf(text));
  expect(places.every((at) => at > 0)).toBe(true);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test('a wrong action has the command that ran then, and its time sets the cursor', async () => {
  expect(await debriefPageOf()).toMatch(
    /✗ wrong<\/span> the queue rest[^<]*<code>pause rest<\/code> <a class="seek-to" href="#drill" data-t="\d+">/,
  );
});

test('the timeline has a lane each for the fault, the health, the pages, the runbook, the commands and what was said', async () => {
  const page = await debriefPageOf();
  for (const lane of ['fault', 'health', 'pages', 'runbook', 'commands', 'said', 'went wrong'])
    expect(page).toContain(`id="drill-${lane.replaceAll(' ', '-')}"`);
  expect(page).toMatch(/class="mark fault.*class="mark recovery[^>]*><span>✓ mitigated/s);
});

test('the runbook shows what was read, run, edited and should change, at its line', async () => {
  const page = await debriefPageOf();
  expect(page).toMatch(/<tr id="L3".*read<\/span> once/);
  const line = /<tr id="L31".*\n?/.exec(page)?.[0] ?? '';
  expect(line).toContain('>3×<');
  expect(line).toMatch(/edited<\/span> it ran as: resume rest/);
  expect(line).toMatch(/to change<\/span>[^<]*ended with 2/);
});

test('a player who did no harm gets no list of it', async () => {
  const page = await debriefPageOf({});
  expect(page).toContain('The rest of the fleet was left alone.');
  expect(page).not.toContain('Went wrong');
});

test('the parts of the mitigation stand beside par, whose own timeline and commands follow', async () => {
  const page = await debriefPageOf();
  for (const part of ['noticing', 'finding', 'doing', 'the fleet itself'])
    expect(page).toMatch(new RegExp(`</span>${part} <b>(?:\\d+ s|–)`));
  expect(page).toMatch(/<b>Par<\/b>: the runbook’s own procedure took \d+ s/);
  expect(page).toMatch(/<section class="panel" id="queue-paused-par-treatment"/);
  expect(page).toMatch(/id="queue-paused-par-treatment-block-1"/);
});

test('times that were never reached are never', async () => {
  const page = await debriefPageOf({ play: (player) => player.wait(60), why: 'time-limit' });
  expect(page).toContain('pill fail">not recovered');
  expect(page).toMatch(/TTM<td class="number">never/);
  expect(page).toContain('The player ran no command.');
});

test('what the page leaves out is in a file that a drill has', async () => {
  const judged = await judgedDrill({ jobs: { lost: 30 } });
  const [par] = judged.record.scenarios.get('queue-paused-par')?.arms.treatment?.procedures ?? [];
  const [command] = par?.commands ?? [];
  if (command) par?.commands.push(...Array.from({ length: 300 }, () => command));
  const page = await debriefPageOf(judged);
  expect(page).toContain('and 10 more in debrief.json');
  expect(page).toMatch(/\d+ commands more are in history\.jsonl/);
  expect(page).not.toContain('report.json');
});

test('what the player and the recording say is literal', async () => {
  await assert(
    asyncProperty(array(hostileText, { minLength: 6, maxLength: 6 }), async (texts) => {
      const [a = '', b = '', c = '', d = '', e = '', f = ''] = texts;
      const judged = await judgedDrill({
        play(player) {
          player.say({ type: 'player.noted', text: a });
          player.say({ type: 'player.found', section: b, component: c, why: d });
          player.run(e, undefined, { cwd: f, runbook: [{ ...verbatim, how: 'edited' }] });
          playWell(player);
        },
      });
      const named = { ...judged, debrief: { ...judged.debrief, player: a, reasons: [b, c] } };
      const page = await debriefPageOf(named, `${castText}${JSON.stringify([3, 'o', d])}\n`);
      const outside = page.replaceAll(/<(style|script)>.*?<\/\1>/gs, '');
      expect(harmfulIn(outside)).toEqual([]);
      expect(outside.match(/<script/g)).toHaveLength(1);
      expect(dataOf(page)).not.toContain('<');
    }),
    { numRuns: 40, seed: 4 },
  );
}, 120_000);
