/**
 * `alerts.html` in a browser. The screenshots of `docs/images` come from here:
 *
 *   DRILLBOOK_WRITE_IMAGES=1 npm run test:folder -- src/report/render-alerts-page.page
 */
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { differingPixels } from '../../test/support/compare-images.ts';
import { measureContrast } from '../../test/support/contrast.ts';
import { openPage } from '../../test/support/open-page.ts';
import { renderAlertsPage } from './render-alerts-page.ts';
import { renderRuleSvg } from './render-rule-svg.ts';
import { otherFont } from './testing/open-report.ts';
import { alertsReport, samplePictures } from './testing/sample-alerts.ts';
import { at, picture, pictureWithGap, quietPicture } from './testing/sample-pictures.ts';

const html = renderAlertsPage(alertsReport(), samplePictures, { cwd: '/project' });
const schemes = ['light', 'dark'] as const;

async function openDetails(page: Page): Promise<void> {
  await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
}

test('the page asks for nothing and logs nothing', async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'drillbook-alerts-'));
  const file = path.join(folder.path, 'alerts.html');
  await writeFile(file, html);
  await using opened = await openPage({ file });
  const messages: string[] = [];
  opened.page.on('console', (message) => messages.push(message.text()));
  opened.page.on('pageerror', (error) => messages.push(error.message));
  await opened.page.reload();
  expect(await opened.page.title()).toBe('Alerts: fail');
  expect(opened.requests).toEqual([]);
  expect(messages).toEqual([]);
});

test.each([400, 320])('nothing is wider than a phone of %i pixels', async (width) => {
  await using opened = await openPage({ html }, { viewport: { width, height: 800 } });
  await openDetails(opened.page);
  expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
});

test('a phone gets pictures of its own width, a laptop gets wide ones', async () => {
  for (const [width, shown] of [
    [400, 360],
    [1280, 1032],
  ] as const) {
    await using opened = await openPage({ html }, { viewport: { width, height: 800 } });
    const widths = `[...document.querySelectorAll('svg')].filter((svg) => svg.checkVisibility()).map((svg) => svg.getBoundingClientRect().width)`;
    expect(await opened.page.evaluate(widths)).toEqual(samplePictures.map(() => shown));
  }
});

/** Marks close to each other and at the edges, long times, large numbers and long names. */
const crowded = [
  picture({ onsetS: at(10), overS: at(10.5) }),
  picture({ onsetS: at(0), overS: at(30), startT: 3_900_000 }),
  picture({ onsetS: at(29), overS: at(30), timeScale: 1 }),
  quietPicture({ startT: 36_000_000, points: [{ s: at(9), value: -123_456_789 }], expr: 'word '.repeat(90) }),
  quietPicture({ endS: at(0.01), threshold: { operator: '>=', value: 0.000_012_345 }, rule: 'Rule'.repeat(40) }),
  pictureWithGap(),
];

test.each([320, 360, 760, 1032])(
  'no text of a picture %i pixels wide is cut off or covers another one',
  async (width) => {
    const pictures = crowded.map((one) => renderRuleSvg(one, { width }));
    await using opened = await openPage({ html: pictures.join('') }, { viewport: { width: 1100, height: 800 } });
    expect(await opened.page.evaluate(`(${findClashes})()`)).toEqual([]);
  },
);

/** Runs in the browser: texts outside their picture, and pairs of texts that overlap. */
const findClashes = `function () {
  const clashes = [];
  for (const svg of [...document.querySelectorAll('svg')].filter((one) => one.checkVisibility())) {
    const paper = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')].map((text) => ({ name: text.textContent, box: text.getBoundingClientRect() }));
    for (const [index, { name, box }] of texts.entries()) {
      if (box.left < paper.left || box.right > paper.right || box.bottom > paper.bottom) clashes.push(name + ' is cut off');
      for (const { name: other, box: at } of texts.slice(index + 1)) {
        const apart = box.right <= at.left || at.right <= box.left || box.bottom - 2 <= at.top || at.bottom - 2 <= box.top;
        if (!apart) clashes.push(name + ' covers ' + other);
      }
    }
  }
  return clashes;
}`;

describe.each(schemes)('in the %s scheme', (colorScheme) => {
  test.each([400, 1280])('each text has a contrast of at least 4.5 at %i pixels', async (width) => {
    await using opened = await openPage({ html }, { colorScheme, viewport: { width, height: 800 } });
    await openDetails(opened.page);
    const texts = await measureContrast(opened.page);
    expect(texts.length).toBeGreaterThan(200);
    expect(texts.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
  });

  test('the image in the docs shows the page as it is', async (context) => {
    const image = path.resolve(import.meta.dirname, `../../docs/images/alerts-${colorScheme}.png`);
    await using opened = await openPage({ html }, { colorScheme, viewport: { width: 1100, height: 1440 } });
    const screenshot = await opened.page.screenshot();
    const other = await otherFont(opened.page);
    if (other !== undefined) context.skip(other);
    if (process.env['DRILLBOOK_WRITE_IMAGES']) await writeFile(image, screenshot);
    expect(screenshot.length).toBeLessThan(200_000);
    expect(await differingPixels(screenshot, await readFile(image))).toBeLessThan(0.005);
  });
});
