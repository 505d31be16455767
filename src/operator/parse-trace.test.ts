import { expect, test } from 'vitest';

import { createTraceParser } from './parse-trace.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const fork = (pid: number): string => `\x1e#1.5 F ${pid} 1 0\n`;

test('gives the same records wherever the trace is cut into chunks', () => {
  const shell = '\x1e7\x1f3\x1f0\x1f\x1fx.sh\x1f1,5\x1decho "a\nb"\n';
  const text = `${fork(1)}${shell}${fork(2)}${shell}`;
  const whole = createTraceParser();
  const expected = [...whole.push(bytes(text)), ...whole.end()];
  expect(expected.map(({ kind }) => kind)).toEqual(['fork', 'shell', 'fork', 'shell']);
  for (let size = 1; size < 9; size += 1) {
    const parser = createTraceParser();
    const found = [];
    for (let at = 0; at < text.length; at += size) found.push(...parser.push(bytes(text.slice(at, at + size))));
    expect([...found, ...parser.end()]).toEqual(expected);
  }
});

test('drops bytes that are no record, reports that, and reads the records after them', () => {
  const parser = createTraceParser();
  const chunk = new Uint8Array(64 * 1024);
  const found = Array.from({ length: 100 }, () => parser.push(chunk)).flat();
  expect(found).toEqual([{ kind: 'full', at: 0 }]);
  expect(parser.push(bytes(`\n${fork(3)}`))).toMatchObject([{ kind: 'fork', pid: 3 }]);
});

test('stops reading after more bytes than tracing can write', () => {
  const parser = createTraceParser();
  const chunk = bytes(fork(1).repeat(4096));
  const started = performance.now();
  let kinds = new Map<string, number>();
  for (let size = 0; size < 200 * 1024 * 1024; size += chunk.length)
    for (const { kind } of parser.push(chunk)) kinds = kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  expect(kinds.get('full')).toBe(1);
  expect(kinds.get('fork')).toBeLessThanOrEqual((40 * 1024 * 1024) / fork(1).length);
  expect(parser.end()).toEqual([]);
  expect(performance.now() - started).toBeLessThan(20_000);
});

test('reads the pipes of a process, and how it stopped reading', () => {
  const parser = createTraceParser();
  const text = ['I 4 0 71', 'E 4 70 71', 'P 5 71 left read unread', 'P 6 70 end idle empty'];
  const found = parser.push(bytes(text.map((record) => `\x1e#1.5 ${record}\n`).join('')));
  expect(found).toEqual([
    { kind: 'pipes', at: 1500, pid: 4, pipes: { input: undefined, output: '71' } },
    { kind: 'exec', at: 1500, pid: 4, pipes: { input: '70', output: '71' } },
    { kind: 'leave', at: 1500, pid: 5, pipe: '71', early: true, hasRead: true, unread: true },
    { kind: 'leave', at: 1500, pid: 6, pipe: '70', early: false, hasRead: false, unread: false },
  ]);
});

test('reads what a plain sh runs and reaps, and what redis-cli was told', () => {
  const parser = createTraceParser();
  const text = ['B 4 3', 'N 5 4 ls /a%20b %', 'V 5 2 4', 'M 4 3 ./x:%20not', 'D 7 4 ERR%20no%20such%0A%0A'];
  expect(parser.push(bytes(text.map((record) => `\x1e#1.5 ${record}\n`).join('')))).toEqual([
    { kind: 'sh-start', at: 1500, pid: 4, parent: 3 },
    { kind: 'run', at: 1500, pid: 5, parent: 4, words: ['ls', '/a b', ''] },
    { kind: 'sh-wait', at: 1500, pid: 5, status: 2, parent: 4 },
    { kind: 'sh-error', at: 1500, pid: 4, parent: 3, text: './x: not' },
    { kind: 'reply', at: 1500, pid: 7, parent: 4, text: 'ERR no such\n\n' },
  ]);
});
