import { nameLines } from './list-lines.ts';

const codePages = ['windows-1252', 'windows-1250'] as const;
type CodePage = (typeof codePages)[number];

/**
 * Repairs UTF-8 that was read as a Windows code page (or Latin-1) and saved again: `SoluÈ›ie`, `â€”`. It repairs the
 * whole
 * text if that is possible, otherwise single lines. Correct text never changes, because a lone `é` or `„` is no valid
 * byte sequence of UTF-8.
 */
export function repairMojibake(text: string): { readonly text: string; readonly repairs: readonly string[] } {
  let current = text;
  const repairs: string[] = [];
  // Some files were saved wrongly twice. More than twice does not occur.
  for (let round = 0; round < 3; round += 1) {
    const repaired = undoWhole(current) ?? undoByLine(current);
    if (repaired === undefined) break;
    current = repaired.text;
    repairs.push(repaired.repair);
  }
  return { text: current, repairs };
}

interface Undone {
  readonly text: string;
  readonly repair: string;
}

function undoWhole(text: string): Undone | undefined {
  for (const codePage of codePages) {
    const undone = undo(text, codePage);
    if (undone !== undefined)
      return {
        text: undone,
        repair: `the file was saved in a wrong encoding (UTF-8 read as ${codePage}): repaired in memory`,
      };
  }
  return undefined;
}

function undoByLine(text: string): Undone | undefined {
  const repaired: number[] = [];
  const lines = text.split('\n').map((line, index) => {
    const undone = codePages.map((codePage) => undo(line, codePage)).find((candidate) => candidate !== undefined);
    if (undone !== undefined) repaired.push(index + 1);
    return undone ?? line;
  });
  if (repaired.length === 0) return undefined;
  return {
    text: lines.join('\n'),
    repair: `${nameLines(repaired)} saved in a wrong encoding (UTF-8 read as a Windows code page): repaired in memory`,
  };
}

/** The original text, or undefined if it does not look like UTF-8 that was read in this code page. */
function undo(text: string, codePage: CodePage): string | undefined {
  if (isAscii(text)) return undefined;
  const toByte = byteTable(codePage);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const byte = toByte.get(text.charCodeAt(index));
    if (byte === undefined) return undefined;
    bytes[index] = byte;
  }
  const decoded = decodeStrictly(bytes);
  return decoded !== undefined && isPlausible(decoded) ? decoded : undefined;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 127) return false;
  return true;
}

function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Characters that people write in runbooks. German `ß“` or French `É»` are also valid UTF-8, but of phonetic signs and
 * scripts that a runbook does not use.
 */
function isPlausible(text: string): boolean {
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code > 127 && !plausible.some(([from, to]) => code >= from && code <= to)) return false;
  }
  return true;
}

/**
 * Latin, combining marks, Greek, Cyrillic, Vietnamese, punctuation to arrows and boxes, CJK, Hangul, presentation
 * forms, emoji.
 */
const plausible: readonly (readonly [from: number, to: number])[] = [
  [0xa0, 0x24f],
  [0x300, 0x4ff],
  [0x1e00, 0x1eff],
  [0x2000, 0x2bff],
  [0x3000, 0x9fff],
  [0xac00, 0xd7af],
  [0xfe0e, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xfffd, 0xfffd],
  [0x1f000, 0x1faff],
];

const tables = new Map<CodePage, ReadonlyMap<number, number>>();

/** UTF-16 code unit to byte. A code unit below 256 that the page does not use is its own byte, as in Latin-1. */
function byteTable(codePage: CodePage): ReadonlyMap<number, number> {
  const known = tables.get(codePage);
  if (known) return known;
  const table = new Map<number, number>();
  for (let byte = 0; byte < 256; byte += 1) if (codePage === 'windows-1252' || byte < 0xa0) table.set(byte, byte);
  const chars = new TextDecoder(codePage).decode(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  for (let byte = 0; byte < 256; byte += 1) table.set(chars.charCodeAt(byte), byte);
  tables.set(codePage, table);
  return table;
}
