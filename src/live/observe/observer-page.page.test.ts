/**
 * The page of `drill observe` in a browser, while a test writes the record of a drill. `docs/images/observe-light.png`
 * comes from here.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { differingPixels } from '../../../test/support/compare-images.ts';
import { measureContrast } from '../../../test/support/contrast.ts';
import { openPage } from '../../../test/support/open-page.ts';
import { pollUntil } from '../../kernel/poll-until.ts';
import { openDetails, otherFont, seriousIn } from '../../report/testing/open-report.ts';
import { playWell, recordDrill } from '../../verdict/testing/record-drill.ts';
import { observeRecorded, type ObservedRecording } from '../testing/observe-recorded.ts';
import { roles } from './observer-page.ts';

const hostile = '</script><script>document.title = "gone"</script>\u001b]0;gone\u0007\u202eabc';
const events = recordDrill({
  play(player) {
    player.wait(20);
    player.say({ type: 'player.read', section: '3.2', line: 3 });
    player.run('docker compose ps');
    player.say({ type: 'player.noted', text: hostile });
    playWell(player);
  },
});
const named = events.findIndex(({ type }) => type === 'player.found');
const head = { version: 2, width: 80, height: 24 };
const shell = '\u001b[1moncall\u001b[0m /srv $ ';

/** A drill whose player has named the fault and has not mended it yet. */
async function observeHalf(): Promise<ObservedRecording> {
  await using stack = new AsyncDisposableStack();
  const observed = stack.use(
    await observeRecorded(events.slice(0, named + 1), {
      findPar: () => Promise.resolve({ run: '20260101-120000-77', realMs: 24_000 }),
    }),
  );
  const table = 'NAME          STATUS\r\nworker-mail   Up 3 minutes (healthy)\r\n';
  await observed.writeCast([head, [0.1, 'o', shell], [0.2, 'o', `docker compose ps\r\n${table}${shell}`]]);
  stack.move();
  return observed;
}

async function seen(page: Page, selector: string, text: string): Promise<void> {
  await pollUntil(async () => (await page.textContent(selector))?.includes(text), {
    what: `"${text}" in ${selector}`,
    withinMs: 15_000,
  });
}

describe.each(roles)('for a %s', (role) => {
  test('what the drill writes while the page is open appears on it, and a late viewer sees the same screen', async () => {
    await using observed = await observeHalf();
    await using opened = await openPage({ url: observed.urls[role] });
    const { page } = opened;
    const messages: string[] = [];
    page.on('console', (message) => messages.push(message.text()));
    page.on('pageerror', (error) => messages.push(error.message));
    await seen(page, '#terminal', 'worker-mail   Up 3 minutes');
    await seen(page, '#connection', 'live');
    await page.click('.values summary');
    await observed.write(events.slice(named + 1, -1));
    await observed.writeCast([
      [1, 'o', `\u001b[2J\u001b[Hdocker compose restart worker-mail\r\n${shell}`],
      [2, 'r', '100x30'],
      [2, 'o', `${hostile}\r\n`],
    ]);
    await seen(page, '#part-moments', 'the drill ended: resolved');
    await seen(page, '#terminal', 'docker compose restart');
    // The table that was opened stays open, although its values were replaced.
    expect(await page.isVisible('#part-values table')).toBe(true);
    await using late = await openPage({ url: observed.urls[role] });
    await seen(late.page, '#terminal', 'docker compose restart');
    const screenOf = async (one: Page): Promise<string | null> => one.locator('#terminal').innerText();
    await pollUntil(async () => (await screenOf(late.page)) === (await screenOf(page)), {
      what: 'the same screen for both',
      withinMs: 5000,
    });
    expect(await screenOf(page)).not.toContain('Up 3 minutes');
    expect([await page.title(), messages]).toEqual(['Drill of level 1, player ana', []]);
    expect(await page.textContent('#part-moments')).toContain('</script><script>document.title');
    await observed.write(events.slice(-1));
    await observed.end();
    await seen(page, '#connection', 'the drill is over');
    await seen(page, '#part-state', 'the drill has ended');
    // One stream for the whole time, and nothing from anywhere else.
    const asked = opened.requests.map((url) => new URL(url));
    expect(asked.filter(({ pathname }) => pathname.endsWith('/events'))).toHaveLength(1);
    expect(asked.filter(({ origin }) => origin !== new URL(observed.urls[role]).origin)).toEqual([]);
  });
});

test('STOP needs two steps, works with the keyboard, and reaches the drill once', async () => {
  await using observed = await observeHalf();
  await using opened = await openPage({ url: observed.urls.observer });
  const { page } = opened;
  const stop = page.locator('.stop summary');
  expect(await page.isVisible('.stop button')).toBe(false);
  await stop.focus();
  await page.keyboard.press('Enter');
  expect(observed.stops()).toBe(0);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await seen(page, '#part-state', 'stopping');
  expect(observed.stops()).toBe(1);
  await using other = await openPage({ url: observed.urls.spectator });
  expect(await other.page.locator('.stop').count()).toBe(0);
});

test('the image in the docs shows the page as it is', async (context) => {
  const image = path.resolve(import.meta.dirname, '../../../docs/images/observe-light.png');
  await using observed = await observeHalf();
  await using opened = await openPage({ url: observed.urls.observer }, { viewport: { width: 1280, height: 1180 } });
  await seen(opened.page, '#terminal', 'worker-mail');
  await seen(opened.page, '#connection', 'live');
  const screenshot = await opened.page.screenshot();
  const other = await otherFont(opened.page);
  if (other !== undefined) context.skip(other);
  if (process.env['DRILLBOOK_WRITE_IMAGES']) await writeFile(image, screenshot);
  expect(screenshot.length).toBeLessThan(200_000);
  expect(await differingPixels(screenshot, await readFile(image))).toBeLessThan(0.005);
});

describe.each(['light', 'dark'] as const)('in the %s scheme', (colorScheme) => {
  test.each([360, 1280])('at %i pixels nothing is too wide, hard to read, or serious for axe', async (width) => {
    await using observed = await observeHalf();
    await using opened = await openPage(
      { url: observed.urls.observer },
      { colorScheme, viewport: { width, height: 800 } },
    );
    const { page } = opened;
    await seen(page, '#terminal', 'worker-mail');
    await page.evaluate(openDetails);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await seriousIn(page)).toEqual([]);
    const texts = await measureContrast(page);
    expect(texts.filter(({ ratio, text }) => ratio < 4.5 && !inTerminal.test(text))).toEqual([]);
  });
});

/** The terminal has colors of its own. */
const inTerminal = /oncall|NAME +STATUS|worker-mail +Up|docker compose ps/;
