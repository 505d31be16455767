import { InputError } from '../kernel/errors.ts';
import { nameLines } from './list-lines.ts';
import { repairMojibake } from './repair-mojibake.ts';

export interface DecodedText {
  /** Without byte order mark, with the line ends of the file. */
  readonly text: string;
  readonly repairs: readonly string[];
}

/**
 * Decodes the bytes of a runbook, in any encoding that it can recognise. Each repair is reported. Line numbers never
 * change.
 * @throws InputError for a binary or empty file
 */
export function decodeText(bytes: Uint8Array, file: string): DecodedText {
  const decoded = decodeBytes(bytes);
  refuseBinary(decoded.text, file);
  const repaired = repairMojibake(decoded.text);
  const text = repaired.text.replace(/^\uFEFF/, '');
  if (text.trim() === '') {
    throw new InputError('the runbook is empty', {
      code: 'RUNBOOK_EMPTY',
      next: 'write at least one section with a procedure',
      location: { file, line: 1 },
    });
  }
  return { text, repairs: [...decoded.repairs, ...repaired.repairs, ...reportLostCharacters(text)] };
}

function decodeBytes(bytes: Uint8Array): DecodedText {
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    return { text: new TextDecoder('utf-16le').decode(bytes), repairs: ['read as UTF-16 instead of UTF-8'] };
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return { text: new TextDecoder('utf-16be').decode(bytes), repairs: ['read as UTF-16 instead of UTF-8'] };
  const whole = decodeUtf8(bytes);
  if (whole !== undefined) return { text: whole, repairs: [] };
  return decodeByLine(bytes);
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Decodes lines with bytes that are not UTF-8 in the code page that fits the file. */
function decodeByLine(bytes: Uint8Array): DecodedText {
  const codePage = guessCodePage(bytes);
  const decoder = new TextDecoder(codePage);
  const lines: string[] = [];
  const foreign: number[] = [];
  for (let start = 0; start <= bytes.length;) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    const line = bytes.subarray(start, end);
    const utf8 = decodeUtf8(line);
    if (utf8 === undefined) foreign.push(lines.length + 1);
    lines.push(utf8 ?? decoder.decode(line));
    start = end + 1;
  }
  return { text: lines.join('\n'), repairs: [`${nameLines(foreign)} not UTF-8: read as ${codePage}`] };
}

/** ş or ţ next to a letter indicates Central Europe. Everything else is read as Western Europe. */
function guessCodePage(bytes: Uint8Array): 'windows-1250' | 'windows-1252' {
  const central = new TextDecoder('windows-1250').decode(bytes);
  return /[a-z][şţ]|[şţ][a-z]|[A-Z][ŞŢ]|[ŞŢ][A-Z]/.test(central) ? 'windows-1250' : 'windows-1252';
}

function refuseBinary(text: string, file: string): void {
  let controls = 0;
  for (let index = 0; index < text.length; index += 1) if (isControl(text.charCodeAt(index))) controls += 1;
  if (!text.includes('\0') && controls * 20 <= text.length) return;
  throw new InputError('the runbook is not text', {
    code: 'RUNBOOK_BINARY',
    next: 'point --runbook at a Markdown file',
    location: { file, line: 1 },
  });
}

/** Control characters except tab, line ends, form feed and escape. */
function isControl(code: number): boolean {
  return code < 32 && !(code >= 9 && code <= 13) && code !== 27;
}

function reportLostCharacters(text: string): string[] {
  const lost = text.split('\n').flatMap((line, index) => (line.includes('\uFFFD') ? [index + 1] : []));
  return lost.length === 0
    ? []
    : [
        `${nameLines(lost)} missing characters that were lost when the file was saved (U+FFFD); nothing could be restored there`,
      ];
}
