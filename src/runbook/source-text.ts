import { defined } from '../kernel/defined.ts';
import type { Location } from '../kernel/errors.ts';

/** A file's text with its lines, as Markdown counts them (`\n`, `\r\n` and `\r` end a line). */
export class SourceText {
  readonly file: string;
  readonly text: string;
  readonly lines: readonly string[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    this.lines = text.split(/\r\n|\n|\r/);
  }

  /** The text of a line without its line end. Lines count from 1. */
  line(number: number): string {
    return this.lines[number - 1] ?? '';
  }

  at(line: number, column?: number, endLine?: number): Location {
    return {
      file: this.file,
      line,
      ...defined({ column, endLine }),
    };
  }
}
