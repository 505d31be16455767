import { parsePrometheusDuration } from '../runbook/prometheus-duration.ts';

/** Value of a number as PromQL writes it: `5`, `1e3`, `0x1F`, `1_000`, `-Inf`, `1h` (seconds). Undefined for others. */
export function parseNumber(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[+-]/, '').trim().toLowerCase();
  if (/^inf(?:inity)?$/.test(digits)) return sign * Infinity;
  if (digits === 'nan') return NaN;
  const plain = digits.replaceAll('_', '');
  if (/^0x[0-9a-f]+$|^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/.test(plain)) return sign * Number(plain);
  const ms = parsePrometheusDuration(digits);
  return ms === undefined ? undefined : (sign * ms) / 1000;
}

/** Milliseconds of a range or an offset: `5m`, `-1h`, or seconds. Undefined for one that is computed. */
export function parseSpanMs(text: string): number | undefined {
  const seconds = parseNumber(text);
  return seconds === undefined ? undefined : seconds * 1000;
}

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The text that a quoted text of PromQL stands for, as in Go. */
export function unquote(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner;
  return inner.replace(
    /\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|([0-7]{3})|(.))/gis,
    (
      whole,
      x: string | undefined,
      u: string | undefined,
      long: string | undefined,
      octal: string | undefined,
      one = '',
    ) => {
      const hex = x ?? u ?? long;
      const code = hex === undefined ? octal && parseInt(octal, 8) : parseInt(hex, 16);
      if (typeof code === 'number') return code > 0x10ffff ? whole : String.fromCodePoint(code);
      return escapes[String(one)] ?? String(one);
    },
  );
}
