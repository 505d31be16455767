import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { EventBody } from '../history/events.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { watchPressure } from './watch-pressure.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'drillbook-pressure-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('records how long processes waited, repeatedly and once more at the end', async () => {
  const file = path.join(folder, 'cpu');
  const total = (us: number): string =>
    `some avg10=42.25 avg60=40.27 avg300=25.32 total=${us}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n`;
  await writeFile(file, total(1_500_400));
  const recorded: EventBody[] = [];
  const watch = watchPressure((event) => recorded.push(event), { file, everyMs: 5 });
  await pollUntil(() => recorded.length > 2, { what: 'three looks', withinMs: 20_000 });
  // In one step, so that no look finds the file half written.
  await writeFile(`${file}.new`, total(2_000_000));
  await rename(`${file}.new`, file);
  await watch.stop();
  expect(recorded[0]).toEqual({ type: 'pressure', waitedMs: 1500 });
  expect(recorded.at(-1)).toEqual({ type: 'pressure', waitedMs: 2000 });
});

test.each(['no such file', 'no such line'])('records nothing if there is %s', async (what) => {
  const file = path.join(folder, 'cpu');
  if (what === 'no such line') await writeFile(file, 'full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n');
  const recorded: EventBody[] = [];
  const watch = watchPressure((event) => recorded.push(event), { file, everyMs: 5 });
  await watch.stop();
  expect(recorded).toEqual([]);
});
