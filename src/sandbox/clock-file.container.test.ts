import { expect, test } from 'vitest';

import { createClock, monotonicMs, startPieces } from '../kernel/clock.ts';
import { startTestHost } from '../operator/testing/start-host.ts';
import { openRateSetter } from './clock-file.ts';

/** Both programs are read through the same division, so equal times are equal numbers. */
const fromMicroseconds = (text: string): number => Number(text) / 1000;

test('programs in a container follow each change of the rate, whenever they started', async () => {
  const clock = createClock(startPieces(1, Date.now(), process.hrtime.bigint()), false);
  await using host = await startTestHost(clock);
  using setter = openRateSetter(host.clockFile, clock);
  // This one starts before any change. It shows its clock whenever it is asked.
  const program = ['bash', '-c', 'while read -rs; do echo "$EPOCHREALTIME"; done'];
  const old = await host.exec(program, { tty: true, env: {}, cols: 80, rows: 24 });
  const decoder = new TextDecoder();
  const answers = old.output[Symbol.asyncIterator]();
  const ask = async (): Promise<number> => {
    old.write('\r');
    for (let text = ''; ;) {
      text += decoder.decode((await answers.next()).value, { stream: true });
      const shown = /\d+\.\d{6}(?=\r?\n)/.exec(text);
      if (shown) return fromMicroseconds(shown[0].replace('.', ''));
    }
  };
  const fresh = async (): Promise<number> => fromMicroseconds((await host.run(['date', '+%s%6N'])).stdout);

  /** A reading lies between what the formula shows before the question and after the answer. */
  const check = async (): Promise<void> => {
    for (const read of [ask, fresh]) {
      const least = clock.sandboxAt(monotonicMs());
      const shown = await read();
      // Programs print whole microseconds.
      expect(shown).toBeGreaterThanOrEqual(least - 0.01);
      expect(shown).toBeLessThanOrEqual(clock.sandboxAt(monotonicMs()) + 0.01);
    }
  };
  await check();
  for (const rate of [20, 0, 1, 10]) {
    await setter.set(rate, 30_000);
    await check();
  }
  const before = clock.now();
  await setter.set(0);
  const stopped = [await ask(), await fresh(), await ask()];
  expect(new Set(stopped).size).toBe(1);
  expect(stopped[0]).toBeGreaterThanOrEqual(before);
});
