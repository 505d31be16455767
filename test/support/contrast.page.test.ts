import { expect, test } from 'vitest';

import { measureContrast } from './contrast.ts';
import { openPage } from './open-page.ts';

const html = `<style>body { background: #fff; color: #000 } b { color: #777 } i { background: #000; color: #00f }
  details { color: #eee }</style>
<p>black on white</p><p><b>gray on white</b></p><p><i>blue on black</i></p>
<details><summary>open</summary><p>hidden</p></details>
<svg width="300" height="60"><rect width="300" height="60" fill="#800"/><rect width="300" height="60" fill="#000" opacity="0.5"/>
<text x="10" y="30" fill="#fff">white on dark red</text></svg>`;

test('measures the contrast of visible texts', async () => {
  await using opened = await openPage({ html });
  const ratios = Object.fromEntries((await measureContrast(opened.page)).map(({ text, ratio }) => [text, ratio]));
  expect(Object.keys(ratios)).toEqual([
    'black on white',
    'gray on white',
    'blue on black',
    'open',
    'white on dark red',
  ]);
  expect(ratios['black on white']).toBeCloseTo(21, 1);
  expect(ratios['gray on white']).toBeCloseTo(4.48, 1);
  expect(ratios['blue on black']).toBeCloseTo(2.44, 1);
  // #800 under half black is #400.
  expect(ratios['white on dark red']).toBeCloseTo(16.86, 1);
});
