import { expect, test } from 'vitest';

import { TerminalMarks } from './terminal-marks.ts';

const mark = (name: string): string => `\u001b_drillbook;${name}\u001b\\`;

test('takes marks out of the output, wherever it is cut, and knows their places', () => {
  const text = `${mark('7.1')}one\r\n\u001b[1mtwo${mark('8.w')}\r\n${mark('7.2')}${mark('8.w')}end\u001b_dr`;
  for (let size = 1; size <= text.length; size += 1) {
    const marks = new TerminalMarks();
    let output = '';
    for (let at = 0; at < text.length; at += size) output += marks.push(text.slice(at, at + size));
    output += marks.end();
    expect(output).toBe('one\r\n\u001b[1mtwo\r\nend\u001b_dr');
    expect(['7.1#1', '8.w#1', '7.2#1', '8.w#2', '8.w#3'].map((name) => marks.placeOf(name))).toEqual([
      0,
      12,
      14,
      14,
      undefined,
    ]);
  }
});

test('keeps a bounded number of marks, and takes out the rest too', () => {
  const marks = new TerminalMarks();
  const many = mark('7.1').repeat(50_000);
  for (let times = 0; times < 12; times += 1) expect(marks.push(many)).toBe('');
  expect(marks.push(`${mark('9.1')}end`)).toBe('end');
  expect([marks.placeOf('7.1#500000'), marks.placeOf('7.1#500001'), marks.placeOf('9.1#1')]).toEqual([
    0,
    undefined,
    undefined,
  ]);
  expect(marks.push(`\u001b_drillbook;${'1'.repeat(100)}`)).toContain('111');
});
