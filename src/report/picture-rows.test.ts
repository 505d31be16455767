import { expect, test } from 'vitest';

import { rowsOf, thinRows } from './picture-rows.ts';
import { at, picture, quietPicture } from './testing/sample-pictures.ts';

test('there is a line for each change of the value, the alert and the fault', () => {
  const rows = rowsOf(
    picture({
      endS: at(6),
      points: [0, 1, 2, 3, 4, 5].map((minute) => ({
        s: at(minute),
        value: minute < 2 ? 3 : minute === 5 ? undefined : 9,
      })),
      bands: [
        { state: 'pending', fromS: at(2.5), untilS: at(4) },
        { state: 'firing', fromS: at(4), untilS: at(5.5) },
      ],
      onsetS: at(1.5),
      overS: undefined,
    }),
  );
  expect(rows).toEqual([
    { s: at(0), value: 3, alert: 'inactive', event: '' },
    { s: at(1.5), value: 3, alert: 'inactive', event: 'fault' },
    { s: at(2), value: 9, alert: 'inactive', event: '' },
    { s: at(2.5), value: 9, alert: 'pending', event: '' },
    { s: at(4), value: 9, alert: 'firing', event: '' },
    { s: at(5), value: undefined, alert: 'firing', event: '' },
    { s: at(5.5), value: undefined, alert: 'inactive', event: '' },
  ]);
});

test('an alert that is not over stays in its state', () => {
  const rows = rowsOf(picture({ bands: [{ state: 'firing', fromS: at(29), untilS: undefined }] }));
  expect(rows.at(-1)).toMatchObject({ s: at(29), alert: 'firing' });
});

test('a long table is thinned, and keeps each change of the alert and the fault', () => {
  const all = rowsOf(
    quietPicture({ onsetS: at(100.25), bands: [{ state: 'pending', fromS: at(200.1), untilS: at(200.2) }] }),
  );
  const rows = thinRows(all, 100);
  expect(all.length).toBeGreaterThan(500);
  expect(rows.length).toBeLessThanOrEqual(104);
  expect(rows.filter(({ event }) => event === 'fault').map(({ s }) => s)).toEqual([at(100.25)]);
  expect(rows.filter(({ alert }) => alert === 'pending').map(({ s }) => s)).toEqual([at(200.1)]);
});
