import { expect, test } from 'vitest';

import { judgeDrill } from '../verdict/drill/judge-drill.ts';
import { asHistory, playWell, recordDrill, verbatim, type DrillRecording } from '../verdict/testing/record-drill.ts';
import { renderPostmortem } from './render-postmortem.ts';
import { renderProgress } from './render-progress.ts';
import { renderScorecard } from './render-scorecard.ts';

const judge = (recording: DrillRecording = {}) => judgeDrill(asHistory(recordDrill(recording)));
const options = { color: false, cwd: '/' };
const harm: DrillRecording = {
  plan: { touches: { services: [], queues: ['mail'], redis: [] } },
  play(player) {
    player.run('pause rest', (world) => (world.restPaused = true), { exitCode: 2, runbook: [verbatim] });
    player.run('resume rest', (world) => (world.restPaused = false));
    playWell(player);
  },
};

test('the scorecard begins with the outcome, and has times, wrong actions with their line, and items on their line', async () => {
  const text = renderScorecard(await judge(harm), options);
  expect(text).toMatch(/^RECOVERED\n/);
  expect(text).toMatch(/TTM {2}\d+ s \(sandbox \d+ s\)/);
  expect(text).toMatch(/1 wrong action\n {4}- .*rest.*\(`pause rest`\)/);
  expect(text).toMatch(/- runbook\.md:31: .*ended with 2/);
});

test('a time that was never reached is never, and not zero', async () => {
  const text = renderScorecard(await judge({ play: (player) => player.wait(60), why: 'time-limit' }), options);
  expect(text).toMatch(/^NOT RECOVERED\n/);
  expect(text).toMatch(/TTM {2}never/);
});

test('the post-mortem has the facts, and an open item for each thing that the runbook should change', async () => {
  const debrief = await judge(harm);
  const text = renderPostmortem(debrief);
  expect(text).toContain('- 20 jobs were added: 20 were done once');
  expect(text.match(/^- \[ \] /gm)).toHaveLength(debrief.items.length + 1);
  expect(text).toContain('line 31');
  expect(text).not.toContain('you failed');
});

test('hostile text of a player acts neither in Markdown nor in a terminal', async () => {
  const hostile = '</script><b>*x*</b> \u001b]52;c;aGk=\u0007 [a](javascript:x) @all ::error::';
  const debrief = await judge({
    play(player) {
      player.say({ type: 'player.noted', text: hostile });
      player.run(hostile);
      playWell(player);
    },
  });
  for (const text of [renderPostmortem(debrief), renderScorecard(debrief, options)]) {
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\u0007');
  }
  expect(renderPostmortem(debrief)).not.toMatch(/<b>|\]\(javascript|^::error/m);
});

test('progress compares only like drills, shows single ones, and a median of persons from five on', async () => {
  const debrief = await judge();
  const mixed = [debrief, { ...debrief, level: 2 }, { ...debrief, timeScale: 1, robot: 'perfect' }];
  expect(renderProgress([])).toBe('no drills yet\n');
  expect(renderProgress(mixed).match(/^queue-paused, level/gm)).toHaveLength(3);
  expect(renderProgress(mixed)).not.toContain('median');
  const many = renderProgress(Array.from({ length: 5 }, () => debrief));
  expect(many.match(/^ {2}2026-01-01 00:00 {2}ana .*recovered {2}TTD \d+ s/gm)).toHaveLength(5);
  expect(many).toMatch(/median TTM of 5 recovered drills: \d+ s/);
});
