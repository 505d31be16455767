import { z } from 'zod';

const units = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const;

/** A size as Docker writes it, `512m` or `4g`. The result is in bytes. */
export const size = z
  .string()
  .refine((text) => parseSize(text) !== undefined, 'expected a size such as "512m" or "4g"')
  .transform((text) => parseSize(text) ?? 0);

/** Undefined if the text is not a size. */
function parseSize(text: string): number | undefined {
  const match = /^([1-9]\d{0,5})([kmg])b?$/i.exec(text);
  if (!match?.[1] || !match[2]) return undefined;
  return Number(match[1]) * units[match[2].toLowerCase() as keyof typeof units];
}
