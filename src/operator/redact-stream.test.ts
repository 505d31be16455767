import { expect, test } from 'vitest';

import { createRedaction, redactedMark } from '../history/redaction.ts';
import { createRandom } from '../workload/random.ts';
import { StreamRedactor, type CastPart } from './redact-stream.ts';

const patterns = [/AKIA[0-9A-Z]{16}/, /(?<=password=)\S+/, /BEGIN KEY[^]*?END KEY/];
const key = 'AKIAABCDEFGHIJKLMNOP';

function record(list: readonly RegExp[] = patterns) {
  const redaction = createRedaction(list, (body) => body);
  const parts: CastPart[] = [];
  const redactor = new StreamRedactor(redaction, (part) => parts.push(part));
  const text = (): string => parts.flatMap((part) => (part.kind === 'o' ? [part.text] : [])).join('');
  return { redaction, redactor, parts, text };
}

/** The machine may be busy, so it is not the real time that counts. */
function cpuMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** Gives the text in pieces at these times. */
function feed(pieces: readonly string[], everyS = 0.1, list?: readonly RegExp[]) {
  const recorded = record(list);
  let at = 0;
  for (const piece of pieces) {
    recorded.redactor.push({ at, kind: 'o', text: piece });
    // The clock of the transcript ticks between any two pieces.
    for (let tick = 0; tick < everyS; tick += 0.25) recorded.redactor.tick(at + tick);
    at += everyS;
  }
  recorded.redactor.end();
  return recorded;
}

test('a match in any two or more pieces is replaced once, and the rest of the text stays', () => {
  const random = createRandom(7);
  const whole = `echo ${key} and password=hunter2 and\r\nBEGIN KEY\r\nabc\r\nEND KEY\r\n$ `;
  const expected = `echo ${redactedMark} and password=${redactedMark} and\r\n${redactedMark}\r\n$ `;
  for (let round = 0; round < 100; round += 1) {
    const pieces: string[] = [];
    for (let at = 0; at < whole.length;) {
      const size = 1 + Math.floor(random() ** 3 * 30);
      pieces.push(whole.slice(at, at + size));
      at += size;
    }
    const { text, redaction } = feed(pieces, 0.01);
    expect(text()).toBe(expected);
    expect(redaction.replaced).toBe(3);
  }
});

test('a word that is typed slowly is held until it is complete, however long each key takes', () => {
  const { text } = feed(['$ ', 'e', 'c', 'h', 'o', ' ', ...key.split(''), ' ', 'x\r\n'], 3);
  expect(text()).toBe(`$ echo ${redactedMark} x\r\n`);
});

test('the rest of a match that began in text which is already written is replaced too', () => {
  const { text } = feed(['user bearer', ' ', 'abc', 'def\r\n'], 3, [/bearer \S+/]);
  expect(text()).not.toContain('abc');
  expect(text()).not.toContain('def');
  expect(text().split(redactedMark)).toHaveLength(2);
});

test('colours and the right margin do not hide a match, and the colours stay', () => {
  const coloured = `a \u001b[31mAKIA\u001b[0m${key.slice(4, 10)} \r${key.slice(10)} b\r\n`;
  expect(feed([coloured]).text()).toBe(`a \u001b[31m${redactedMark}\u001b[0m \r b\r\n`);
});

test('output is in the recording a second later, and a prompt that ends with a blank too', () => {
  const { redactor, text } = record();
  redactor.push({ at: 0, kind: 'o', text: 'line\r\noncall $ ' });
  redactor.tick(0.5);
  expect(text()).toBe('');
  redactor.tick(1.25);
  expect(text()).toBe('line\r\noncall $ ');
});

test('at most 4 kB are held back without a blank, and a megabyte takes no second', () => {
  const { redactor, text } = record();
  const before = process.threadCpuUsage();
  for (let at = 0; at < 64; at += 1) redactor.push({ at: 0, kind: 'o', text: 'x'.repeat(16_384) });
  expect(cpuMs(before)).toBeLessThan(1000);
  expect(64 * 16_384 - text().length).toBeLessThanOrEqual(4096);
});

test('parts keep their times and their order', () => {
  const { redactor, parts } = record();
  redactor.push({ at: 0.1, kind: 'o', text: 'AKIAABCD' });
  redactor.push({ at: 0.2, kind: 'm', text: 'PAGE 1' });
  redactor.push({ at: 0.3, kind: 'o', text: 'EFGHIJKLMNOP done' });
  redactor.end();
  expect(parts).toEqual([
    { at: 0.1, kind: 'o', text: redactedMark },
    { at: 0.2, kind: 'm', text: 'PAGE 1' },
    { at: 0.3, kind: 'o', text: ' done' },
  ]);
});

test('a pattern that never ends costs little time, and what it was to look at is left out', () => {
  const before = process.threadCpuUsage();
  const lines = Array.from({ length: 20 }, () => `${'a'.repeat(60)}!\r\n`);
  const { text, redaction } = feed(lines, 1.1, [/(a+)+$/]);
  expect(cpuMs(before)).toBeLessThan(1000);
  expect(text()).not.toContain('aa');
  expect(redaction.leftOut).toBeGreaterThan(10);
});
