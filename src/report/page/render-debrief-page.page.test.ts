/**
 * `debrief.html` in a browser. The image of `docs/images` comes from here, as those of `report.html` do.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

import { pollUntil } from '../../kernel/poll-until.ts';
import { differingPixels } from '../../../test/support/compare-images.ts';
import { measureContrast } from '../../../test/support/contrast.ts';
import { debriefPageOf } from '../testing/sample-debrief.ts';
import { otherFont, openDetails, openReport, seriousIn } from '../testing/open-report.ts';

const html = await debriefPageOf();

test('a click on a wrong action moves the cursor, the slider and the terminal to it', async () => {
  await using opened = await openReport(html);
  const { page } = opened;
  const link = page.locator('#scorecard .seek-to').first();
  const t = Number(await link.getAttribute('data-t'));
  await link.click();
  const slider = page.locator('#drill input[type=range]');
  expect(Math.abs(Number(await slider.inputValue()) - t)).toBeLessThanOrEqual(100);
  const text = (await page.textContent('#drill .clock-now')) ?? '';
  const [, seconds = ''] = /, 0:([\d.]+) real$/.exec(text) ?? [];
  expect(Math.abs(Number(seconds) - t / 1000)).toBeLessThan(0.11);
  await pollUntil(async () => (await page.textContent('#drill .terminal'))?.includes('done') || undefined, {
    what: 'the terminal shows what it had shown by then',
    withinMs: 10_000,
  });
  expect([opened.requests, opened.messages]).toEqual([[], []]);
});

test('the image in the docs shows the page as it is', async (context) => {
  const image = path.resolve(import.meta.dirname, '../../../docs/images/debrief-light.png');
  await using opened = await openReport(html, { viewport: { width: 1280, height: 1240 } });
  const screenshot = await opened.page.screenshot();
  const other = await otherFont(opened.page);
  if (other !== undefined) context.skip(other);
  if (process.env['DRILLBOOK_WRITE_IMAGES']) await writeFile(image, screenshot);
  expect(screenshot.length).toBeLessThan(200_000);
  expect(await differingPixels(screenshot, await readFile(image))).toBeLessThan(0.005);
});

describe.each(['light', 'dark'] as const)('in the %s scheme', (colorScheme) => {
  test.each([360, 1280])('at %i pixels nothing is too wide, hard to read, or serious for axe', async (width) => {
    await using opened = await openReport(html, { colorScheme, viewport: { width, height: 800 } });
    const { page } = opened;
    await page.evaluate(openDetails);
    await page.click('#drill .play');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await seriousIn(page)).toEqual([]);
    const texts = await measureContrast(page);
    expect(texts.filter(({ ratio, text }) => ratio < 4.5 && !inTerminal.test(text))).toEqual([]);
  });
});

/** The terminal has colors of its own. */
const inTerminal = /worker-(?:mail|rest) +Up|NAME +STATUS|docker compose ps|done/;
