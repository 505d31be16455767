/** Positions of a here-document. Offsets count from 0; ends are exclusive. */
export interface HereDocument {
  readonly operator: number;
  /** End of the delimiter word after `<<`. */
  readonly operatorEnd: number;
  readonly bodyStart: number;
  /** Begin of the closing line. */
  readonly bodyEnd: number;
  /** End of the closing line. */
  readonly end: number;
  /** Whether the delimiter is quoted, so that the body is not expanded. */
  readonly expands: boolean;
  readonly terminated: boolean;
}

/** The result of a first scan of a shell text: which characters are plain code, and its here-documents. */
export interface ShellScan {
  /** False for a character in quotes, in a comment, in `${…}`, in arithmetic or in a here-document's body. */
  isPlain(offset: number): boolean;
  readonly hereDocuments: readonly HereDocument[];
}

type Mode = 'code' | 'parenthesis' | 'backquote' | 'double-quote' | 'parameter' | 'arithmetic';

/**
 * Scans quotes, comments and here-documents as a shell does. The shell grammar fails on some here-documents and on
 * `<placeholders>`, so both are found here and masked before the grammar parses the text.
 */
export function scanShell(code: string): ShellScan {
  return new Scanner(code).run();
}

class Scanner {
  readonly #code: string;
  readonly #plain: Uint8Array;
  readonly #modes: Mode[] = ['code'];
  readonly #hereDocuments: HereDocument[] = [];
  #pending: { operator: number; operatorEnd: number; delimiter: string; tabs: boolean; expands: boolean }[] = [];
  #at = 0;

  constructor(code: string) {
    this.#code = code;
    this.#plain = new Uint8Array(code.length);
  }

  run(): ShellScan {
    while (this.#at < this.#code.length) {
      const before = this.#at;
      this.#step();
      if (this.#at === before) this.#at += 1;
    }
    for (const pending of this.#pending) {
      this.#hereDocuments.push({
        ...pending,
        bodyStart: this.#code.length,
        bodyEnd: this.#code.length,
        end: this.#code.length,
        terminated: false,
      });
    }
    return { isPlain: (offset) => this.#plain[offset] === 1, hereDocuments: this.#hereDocuments };
  }

  get #mode(): Mode {
    return this.#modes.at(-1) ?? 'code';
  }

  get #inCode(): boolean {
    return this.#mode === 'code' || this.#mode === 'parenthesis' || this.#mode === 'backquote';
  }

  #step(): void {
    const char = this.#code.charAt(this.#at);
    if (char === '\\') this.#at += 2;
    else if (char === '\n') this.#newline();
    else if (this.#opens(char) || this.#closes(char)) return;
    else if (this.#inCode) this.#plainCode(char);
  }

  /** Expansions and quotes, which can contain each other. */
  #opens(char: string): boolean {
    if (char === '$') return this.#dollar();
    if (char === '`') {
      if (this.#mode === 'backquote') this.#modes.pop();
      else this.#modes.push('backquote');
      this.#at += 1;
      return true;
    }
    if (char === '"' && this.#mode !== 'double-quote') return this.#push('double-quote', 1);
    if (char === "'" && this.#mode !== 'double-quote') return this.#skipPast(this.#code.indexOf("'", this.#at + 1));
    if (!this.#inCode) return false;
    if (this.#code.startsWith('((', this.#at)) return this.#push('arithmetic', 2);
    return char === '(' && this.#push('parenthesis', 1);
  }

  #dollar(): boolean {
    if (this.#code.startsWith('$((', this.#at)) return this.#push('arithmetic', 3);
    if (this.#code.startsWith('$(', this.#at)) return this.#push('parenthesis', 2);
    if (this.#code.startsWith('${', this.#at)) return this.#push('parameter', 2);
    if (this.#inCode && this.#code.startsWith("$'", this.#at)) {
      const quoted = /\$'(?:[^'\\]|\\[^])*'/y;
      quoted.lastIndex = this.#at;
      return this.#skipPast(quoted.test(this.#code) ? quoted.lastIndex - 1 : -1);
    }
    return false;
  }

  #closes(char: string): boolean {
    const closing: Readonly<Record<Mode, string | undefined>> = {
      code: undefined,
      backquote: undefined,
      parenthesis: ')',
      'double-quote': '"',
      parameter: '}',
      arithmetic: '))',
    };
    const end = closing[this.#mode];
    if (end === undefined || char !== end.charAt(0) || !this.#code.startsWith(end, this.#at)) return false;
    this.#modes.pop();
    this.#at += end.length;
    return true;
  }

  #plainCode(char: string): void {
    if (char === '#' && /(?:^|[\s;&|(])$/.test(this.#code.slice(Math.max(0, this.#at - 1), this.#at))) {
      const end = this.#code.indexOf('\n', this.#at);
      this.#at = end === -1 ? this.#code.length : end;
      return;
    }
    if (this.#code.startsWith('<<<', this.#at)) this.#at += 3;
    else if (this.#code.startsWith('<<', this.#at)) this.#hereDocument();
    else {
      this.#plain[this.#at] = 1;
      this.#at += 1;
    }
  }

  #hereDocument(): void {
    const operator = this.#at;
    const word = /<<(-?)[ \t]*((?:[^\s;&|()<>'"\\]|\\.|'[^'\n]*'|"[^"\n]*")+)/y;
    word.lastIndex = operator;
    const match = word.exec(this.#code);
    this.#at = match ? word.lastIndex : operator + 2;
    if (!match) return;
    const text = match[2] ?? '';
    this.#pending.push({
      operator,
      operatorEnd: this.#at,
      delimiter: text.replace(/['"]|\\(?=.)/g, ''),
      tabs: match[1] === '-',
      expands: !/['"\\]/.test(text),
    });
  }

  /** After a newline come the bodies of the here-documents that the previous line opened. */
  #newline(): void {
    this.#at += 1;
    const pending = this.#pending;
    this.#pending = [];
    for (const document of pending) {
      const bodyStart = this.#at;
      const closing = this.#closingLine(bodyStart, document.delimiter, document.tabs);
      this.#at = closing.end;
      this.#hereDocuments.push({
        ...document,
        bodyStart,
        bodyEnd: closing.start,
        end: closing.end,
        terminated: closing.found,
      });
      if (closing.found && this.#code.charAt(this.#at) === '\n') this.#at += 1;
    }
  }

  #closingLine(from: number, delimiter: string, tabs: boolean): { start: number; end: number; found: boolean } {
    for (let start = from; start < this.#code.length;) {
      const newline = this.#code.indexOf('\n', start);
      const end = newline === -1 ? this.#code.length : newline;
      const line = this.#code.slice(start, end);
      if ((tabs ? line.replace(/^\t+/, '') : line) === delimiter) return { start, end, found: true };
      start = end + 1;
    }
    return { start: this.#code.length, end: this.#code.length, found: false };
  }

  #push(mode: Mode, length: number): true {
    this.#modes.push(mode);
    this.#at += length;
    return true;
  }

  #skipPast(end: number): true {
    this.#at = end === -1 ? this.#code.length : end + 1;
    return true;
  }
}
