import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import { pollUntil } from '../src/kernel/poll-until.ts';
import { ask, readEvents } from '../src/live/testing/ask.ts';
import { openPage } from './support/open-page.ts';
import { runDrillbook, startDrillbook } from './support/run-drillbook.ts';
import { sandboxObjects } from './support/sandbox-objects.ts';
import { createSmallProject } from './support/small-project.ts';

/** Folder for a screenshot of each role, for a person who wants to look. */
const pictures = process.env['DRILLBOOK_PICTURES'];

/** What names the scenario of the small fleet, its fault or its arm. */
const telling = /worker-down|container-killed|\b(?:treatment|control)\b/;

test('a drill is watched from another process, which tells spectators nothing, and an observer stops it', async () => {
  await using project = await createSmallProject();
  const cwd = project.directory;
  expect(await runDrillbook(['drill', 'observe'], { cwd })).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('DRILL_NOT_RUNNING') as string,
  });
  const flags = ['--scenario', 'worker-down', '--yes', '--time-scale', '5', '--quiet', '15s', '--bot', 'stranger'];
  await using drill = startDrillbook(['drill', 'start', ...flags], { cwd });
  await pollUntil(() => drill.seen().includes('starting the fleet'), { what: 'the drill begins', withinMs: 60_000 });
  await using observe = startDrillbook(['drill', 'observe', '--json'], { cwd });
  const urls = await pollUntil(() => /\{.+\}/.exec(observe.seen())?.[0], { what: 'the addresses', withinMs: 60_000 });
  const { spectator, observer } = JSON.parse(urls) as { readonly spectator: string; readonly observer: string };
  const whole = (text: string): boolean => text.includes('event: over');
  const streams = [spectator, observer].map((url) => readEvents(`${url}events`, whole, 500_000));
  await pollUntil(async () => (await ask(spectator)).body.includes('<b>Page 1</b>'), {
    what: 'the page of the drill',
    withinMs: 300_000,
    everyMs: 500,
  });
  for (const [name, url] of Object.entries({ spectator, observer })) {
    if (pictures === undefined) break;
    await using opened = await openPage({ url });
    await pollUntil(async () => (await opened.page.textContent('#terminal'))?.includes('oncall'), {
      what: 'the terminal',
      withinMs: 20_000,
    });
    await writeFile(path.join(pictures, `${name}.png`), await opened.page.screenshot({ fullPage: true }));
  }
  const [sandbox = 'none'] = await readdir(path.join(cwd, '.drillbook/sandboxes'));
  const own = async (): Promise<readonly string[]> => (await sandboxObjects()).filter((name) => name.includes(sandbox));
  expect(await own()).not.toEqual([]);
  const stopped = await ask(`${observer}stop`, { method: 'POST', headers: { origin: new URL(observer).origin } });
  expect(stopped.status).toBe(303);
  expect((await drill.ended).code).toBe(130);
  expect((await observe.ended).code).toBe(0);
  const [toSpectator = '', toObserver = ''] = await Promise.all(streams);
  expect(toSpectator.match(telling)).toBeNull();
  expect(toSpectator).toContain('"cols":');
  expect(toObserver).toContain('worker-down');
  expect(toObserver).toContain('the drill was stopped');
  expect(await own()).toEqual([]);
}, 600_000);
