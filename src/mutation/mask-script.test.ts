import { expect, test } from 'vitest';

import { maskScript } from './mask-script.ts';

test('blanks strings, comments and regular expressions, and keeps every offset', () => {
  expect(maskScript('f("a 1", /b 2/g, 3); // c 4')).toBe('f("   ", /     , 3);       ');
  expect(maskScript('a = b / 2; c = d / 4;')).toBe('a = b / 2; c = d / 4;');
  expect(maskScript('/* 1\n2 */ 3')).toBe('    \n     3');
  expect(maskScript('x = "it\\"s 5";')).toBe('x = "       ";');
});

test('keeps the code in a template, and blanks its text', () => {
  expect(maskScript('`n=${a.b({ c: 1 })} x` + 2')).toBe('`  ${a.b({ c: 1 })}  ` + 2');
  expect(maskScript('`a ${`b ${c} d`} e`')).toBe('`  ${`  ${c}  `}  `');
});

test('ends at an open string, template or brace', () => {
  expect(maskScript('"open')).toBe('"    ');
  expect(maskScript('`open ${')).toBe('`     ${');
  expect(maskScript('} {')).toBe('} {');
});
