import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { keepLines } from './keep-lines.ts';

const isOurs = (value: unknown): boolean => (value as { readonly ours?: unknown } | null)?.ours === true;

test('lets exactly the accepted lines through, wherever the stream is cut into chunks', async () => {
  const event = fc.record({ ours: fc.boolean(), name: fc.string({ unit: 'grapheme', maxLength: 20 }) });
  const line = fc.oneof(
    { weight: 5, arbitrary: event.map((one) => JSON.stringify(one)) },
    fc.constantFrom('', '{', 'null', '{"ours":true', '[]'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat({ max: 400 })), fc.boolean(), async (lines, cuts, ends) => {
      const bytes = Buffer.from(lines.join('\n') + (ends ? '\n' : ''));
      const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
      const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
      const kept = lines.filter((one) => one.startsWith('{"ours":true,'));
      const heard = await text(Readable.from(chunks, { objectMode: false }).pipe(keepLines(isOurs)));
      expect(heard).toBe(kept.map((one) => `${one}\n`).join(''));
    }),
    { numRuns: 1000 },
  );
});
