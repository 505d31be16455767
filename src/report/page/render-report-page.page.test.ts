/**
 * `report.html` in a browser. The screenshots of `docs/images` come from here:
 *
 *   DRILLBOOK_WRITE_IMAGES=1 npm run test:folder -- src/report/page/render-report-page.page
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { pollUntil } from '../../kernel/poll-until.ts';
import { differingPixels } from '../../../test/support/compare-images.ts';
import { measureContrast } from '../../../test/support/contrast.ts';
import { otherFont, openDetails, openReport, seriousIn } from '../testing/open-report.ts';
import { castText, failingRun, pageOf } from '../testing/sample-page.ts';

const html = await pageOf(failingRun);
const treatment = '#queue-paused-treatment';

/** Seconds of real time since the run's start, as the panel's clock shows them. */
async function clockOf(page: Page): Promise<number> {
  const text = await page.textContent(`${treatment} .clock-now`);
  const [, minutes, seconds] = /, (\d+):([\d.]+) real$/.exec(text ?? '') ?? [];
  return Number(minutes) * 60 + Number(seconds);
}

test('the page asks for nothing, logs nothing and breaks no rule of its policy, also while a terminal plays', async () => {
  await using opened = await openReport(html);
  await opened.page.click(`${treatment} .play`);
  await opened.page.waitForSelector(`${treatment} .terminal .ap-term`);
  expect(opened.requests).toEqual([]);
  expect(opened.messages).toEqual([]);
});

test.each([1280, 360, 320])('nothing is wider than a screen of %i pixels', async (width) => {
  await using opened = await openReport(html, { viewport: { width, height: 800 } });
  await opened.page.evaluate(openDetails);
  await opened.page.click(`${treatment} .play`);
  expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
});

test('without a script the verdicts, the timeline, the charts and the runbook stand', async () => {
  const bare = html.replaceAll(/<script>.*?<\/script>/gs, '');
  await using opened = await openReport(bare);
  for (const text of ['✗ not healthy', 'baseline', 'exit 1', 'Line 7 of the runbook.'])
    expect(await opened.page.innerText('main'), text).toContain(text);
  expect(await opened.page.isVisible(`${treatment} .chart-lines path.solid`)).toBe(true);
  expect(await opened.page.isVisible(`${treatment} .transport`)).toBe(false);
});

describe('the cursor', () => {
  test('a click on a command moves the slider, the line over the charts, the values and the terminal', async () => {
    await using opened = await openReport(html);
    const { page } = opened;
    const command = page.locator('.commands .seek-to').nth(2);
    const t = Number(await command.getAttribute('data-t'));
    await command.click();
    expect(await clockOf(page)).toBeCloseTo(t / 1000, 0);
    expect(Number(await page.inputValue(`${treatment} input[type=range]`))).toBeCloseTo(t, -3);
    const share = `(() => { const box = (one) => document.querySelector('${treatment} ' + one).getBoundingClientRect();
      return (box('.cursor').left - box('.over').left) / box('.over').width; })()`;
    const slider = page.locator(`${treatment} input[type=range]`);
    const [from, to] = [Number(await slider.getAttribute('min')), Number(await slider.getAttribute('max'))];
    expect(await page.evaluate(share)).toBeCloseTo((t - from) / (to - from), 1);
    expect(await page.innerText(`${treatment} output.now[data-chart="0"]`)).toMatch(/^\d+$/);
    await pollUntil(
      async () => (await page.textContent(`${treatment} .terminal`))?.includes('worker-mail') || undefined,
      {
        what: 'the terminal shows what it showed then',
        withinMs: 10_000,
      },
    );
  });

  test('a click on a chart moves it', async () => {
    await using opened = await openReport(html);
    const { page } = opened;
    const box = await page.locator(`${treatment} .chart-lines`).first().boundingBox();
    if (!box) throw new Error('there is no chart');
    await page
      .locator(`${treatment} .chart-lines`)
      .first()
      .click({ position: { x: box.width / 2, y: 30 } });
    const slider = page.locator(`${treatment} input[type=range]`);
    const [from, to] = [Number(await slider.getAttribute('min')), Number(await slider.getAttribute('max'))];
    expect(await clockOf(page)).toBeCloseTo((from + to) / 2000, 0);
  });

  test('in one arm it moves that of the other to the same time since the fault', async () => {
    await using opened = await openReport(html);
    const { page } = opened;
    const command = page.locator('.commands .seek-to').nth(2);
    await command.click();
    const faults = (await page.evaluate(
      `JSON.parse(document.getElementById('data').textContent).map(({ compared }) => compared.origin)`,
    )) as readonly [number, number];
    const sliders = page.locator('.panel input[type=range]');
    const [treated, control] = [Number(await sliders.nth(0).inputValue()), Number(await sliders.nth(1).inputValue())];
    expect(Math.abs(control - faults[1] - (treated - faults[0]))).toBeLessThanOrEqual(200);
  });

  test('keys move it, and a reader hears both clocks', async () => {
    await using opened = await openReport(html);
    const { page } = opened;
    await page.focus(`${treatment} input[type=range]`);
    const before = await clockOf(page).catch(() => 0);
    await page.keyboard.press('PageUp');
    await page.keyboard.press('ArrowRight');
    expect(await clockOf(page)).toBeGreaterThan(Number.isNaN(before) ? 0 : before);
    expect(await page.getAttribute(`${treatment} input[type=range]`, 'aria-valuetext')).toMatch(/sandbox.*real/);
  });
});

test('printed, what is folded stands open, and nothing asks for a click', async () => {
  await using opened = await openReport(await pageOf());
  await opened.page.emulateMedia({ media: 'print' });
  expect(await opened.page.isVisible(`${treatment} .chart-lines`)).toBe(true);
  expect(await opened.page.isVisible(`${treatment} .transport`)).toBe(false);
});

test('a link to a line opens what hides it', async () => {
  const passing = await pageOf();
  await using opened = await openReport(passing);
  await opened.page.click('.overview a[href="#s-queue-paused"]');
  expect(await opened.page.evaluate(`document.getElementById('s-queue-paused').open`)).toBe(true);
});

test('what a hostile transcript writes stays in its terminal', async () => {
  const events = [
    '\u001b]0;owned\u0007',
    '\u001b]52;c;b3duZWQ=\u0007',
    '\u001b]8;;https://x.test\u0007link\u001b]8;;\u0007',
    '</script><script>document.title="owned"</script>',
    '\0\u202egnp',
  ];
  const cast = `${castText}${events.map((data, at) => JSON.stringify([1.9 + at / 1000, 'o', data])).join('\n')}\n`;
  await using opened = await openReport(await pageOf(failingRun, cast));
  const { page } = opened;
  const title = await page.title();
  await page.click(`${treatment} .play`);
  await pollUntil(
    async () => (await page.textContent(`${treatment} .terminal`))?.includes('owned"</script>') || undefined,
    {
      what: 'the hostile text stands in the terminal',
      withinMs: 10_000,
    },
  );
  expect(await page.title()).toBe(title);
  expect(await page.locator(`${treatment} .terminal a[href]`).count()).toBe(0);
  expect(await page.textContent(`${treatment} .terminal`)).toContain(String.raw`\u{202e}gnp`);
  expect([opened.requests, opened.messages]).toEqual([[], []]);
});

describe.each(['light', 'dark'] as const)('in the %s scheme', (colorScheme) => {
  test.each([360, 1280])('axe finds nothing serious at %i pixels', async (width) => {
    await using opened = await openReport(html, { colorScheme, viewport: { width, height: 800 } });
    await opened.page.evaluate(openDetails);
    await opened.page.click(`${treatment} .play`);
    expect(await seriousIn(opened.page)).toEqual([]);
  });

  test.each([360, 1280])('each text has a contrast of at least 4.5 at %i pixels', async (width) => {
    await using opened = await openReport(html, { colorScheme, viewport: { width, height: 800 } });
    await opened.page.evaluate(openDetails);
    const texts = await measureContrast(opened.page);
    expect(texts.length).toBeGreaterThan(200);
    expect(texts.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
  });

  test('the image in the docs shows the page as it is', async (context) => {
    const image = path.resolve(import.meta.dirname, `../../../docs/images/report-${colorScheme}.png`);
    await using opened = await openReport(html, { colorScheme, viewport: { width: 1280, height: 1190 } });
    const { page } = opened;
    const time = await page.locator('.commands .seek-to').nth(2).getAttribute('data-t');
    await page.fill(`${treatment} input[type=range]`, String(Math.round(Number(time) / 100) * 100));
    await page.evaluate(`document.activeElement.blur(); document.querySelector('.scenario').scrollIntoView()`);
    const screenshot = await page.screenshot();
    const other = await otherFont(page);
    if (other !== undefined) context.skip(other);
    if (process.env['DRILLBOOK_WRITE_IMAGES']) await writeFile(image, screenshot);
    expect(screenshot.length).toBeLessThan(200_000);
    expect(await differingPixels(screenshot, await readFile(image))).toBeLessThan(0.005);
  });
});
