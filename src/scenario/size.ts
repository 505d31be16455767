const units = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const;

/** Bytes of a size as Docker writes it: `512m`, `4g`; undefined when the text is none. */
export function parseSize(text: string): number | undefined {
  const match = /^([1-9]\d{0,5})([kmg])b?$/i.exec(text);
  if (!match?.[1] || !match[2]) return undefined;
  return Number(match[1]) * units[match[2].toLowerCase() as keyof typeof units];
}
