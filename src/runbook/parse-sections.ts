import { InputError } from '../kernel/errors.ts';
import type { LabelReader } from './canonical-label.ts';
import type { Fence } from './fence.ts';
import type { Block, Comment, Heading, Label } from './parse-markdown.ts';
import type { Part, Section } from './runbook.ts';
import { pathsOf, splitNumber } from './section-number.ts';
import type { SourceText } from './source-text.ts';

/** A fence with its section and part. */
export interface PlacedFence {
  readonly fence: Fence;
  readonly section: Section;
  readonly part: Part | undefined;
  /** The HTML comment directly above it. */
  readonly comment: Comment | undefined;
}

export interface Outline {
  readonly title: string;
  readonly sections: readonly Section[];
  readonly fences: readonly PlacedFence[];
}

interface OpenPart {
  readonly label: string | undefined;
  readonly text: string;
  readonly line: number;
  /** Depth of the heading that opened it; Infinity for a paragraph in bold. */
  readonly level: number;
  endLine: number;
}

interface OpenSection extends Section {
  path: readonly string[];
  endLine: number;
  readonly parts: OpenPart[];
}

/**
 * Groups headings into sections, labels into parts, and assigns each fence to both.
 * @throws InputError if there is no section
 */
export function parseSections(blocks: readonly Block[], source: SourceText, labels: LabelReader): Outline {
  const outliner = new Outliner(source, labels);
  for (const block of blocks) outliner.add(block);
  return outliner.finish();
}

interface PlacedSection {
  readonly section: OpenSection;
  readonly parent: PlacedSection | undefined;
}

class Outliner {
  readonly #source: SourceText;
  readonly #labels: LabelReader;
  readonly #sections: PlacedSection[] = [];
  readonly #fences: PlacedFence[] = [];
  /** The section and its ancestors, outermost first. */
  readonly #open: PlacedSection[] = [];
  #title: OpenSection | undefined;
  #part: OpenPart | undefined;
  #comment: Comment | undefined;

  constructor(source: SourceText, labels: LabelReader) {
    this.#source = source;
    this.#labels = labels;
  }

  add(block: Block): void {
    switch (block.kind) {
      case 'heading':
        return this.#heading(block);
      case 'label':
        return this.#label(block);
      case 'comment':
        this.#comment = block;
        return;
      case 'fence':
        return this.#fence(block);
      case 'table':
      case 'text':
        return;
    }
  }

  finish(): Outline {
    const last = this.#source.lines.length + 1;
    this.#closePart(last);
    this.#closeSections(0, last);
    const title = this.#title;
    const titled = title !== undefined && this.#fences.some(({ section }) => section === title);
    const paths = pathsOf(this.#sections);
    for (const { section } of this.#sections) section.path = paths.get(section) ?? section.path;
    const own = this.#sections.map(({ section }) => section);
    const sections = titled ? [title, ...own] : own;
    if (sections.length === 0) {
      throw new InputError('the runbook has no sections', {
        code: 'RUNBOOK_NO_SECTIONS',
        next: 'put each procedure under a heading such as `## 3.2 Queue paused`',
        location: this.#source.at(1),
      });
    }
    return { title: title?.title ?? own[0]?.title ?? '', sections, fences: this.#fences };
  }

  #heading(heading: Heading): void {
    const { number, title } = splitNumber(heading.text);
    const label = number === '' ? this.#labels(title) : undefined;
    const enclosing = this.#open.findLast(({ section }) => section.level < heading.level);
    if (label !== undefined && enclosing) {
      this.#closePart(heading.line);
      this.#closeSections(heading.level, heading.line);
      this.#openPart({ label, text: title, line: heading.line, level: heading.level, endLine: heading.endLine });
      return;
    }
    const inherited = this.#part && this.#part.level < heading.level ? this.#part : undefined;
    if (!inherited) this.#closePart(heading.line);
    this.#closeSections(heading.level, heading.line);
    const section: OpenSection = {
      number,
      title,
      level: heading.level,
      line: heading.line,
      endLine: heading.endLine,
      path: [title],
      parts: [],
    };
    if (heading.level === 1 && number === '' && !this.#title && this.#sections.length === 0) {
      this.#title = section;
      return;
    }
    const placed = { section, parent: this.#open.at(-1) };
    this.#sections.push(placed);
    this.#open.push(placed);
  }

  /** A known label always opens a part. An unknown one does so only if it is alone on its line, like a heading. */
  #label(label: Label): void {
    const known = this.#labels(label.text);
    const opens =
      known === undefined ? label.colon && label.alone && !label.nested : label.alone || (label.colon && !label.nested);
    if (!opens || this.#open.length === 0) return;
    const under = this.#part && this.#part.level !== Infinity ? this.#part : undefined;
    // Under a heading that is a label (`#### Solution`), an unknown label in bold is only a comment.
    if (known === undefined && under) return;
    this.#closePart(label.line);
    this.#openPart({ label: known, text: label.text, line: label.line, level: Infinity, endLine: label.endLine });
  }

  #fence(fence: Fence): void {
    const comment = this.#comment?.above === fence ? this.#comment : undefined;
    this.#fences.push({ fence, section: this.#open.at(-1)?.section ?? this.#untitled(), part: this.#part, comment });
  }

  /** Text before the first section belongs to the whole runbook. */
  #untitled(): OpenSection {
    this.#title ??= { number: '', title: this.#source.file, level: 1, line: 1, endLine: 1, path: [], parts: [] };
    return this.#title;
  }

  #openPart(part: OpenPart): void {
    this.#part = part;
    this.#open.at(-1)?.section.parts.push(part);
  }

  #closePart(before: number): void {
    if (this.#part) this.#part.endLine = this.#lastContent(this.#part.line, before);
    this.#part = undefined;
  }

  #closeSections(level: number, before: number): void {
    while (this.#open.length > 0 && (this.#open.at(-1)?.section.level ?? 0) >= level) {
      const section = this.#open.pop()?.section;
      if (section) section.endLine = this.#lastContent(section.line, before);
    }
  }

  /** The last line before `before` that is neither blank nor a rule. */
  #lastContent(from: number, before: number): number {
    let line = before - 1;
    while (line > from && /^\s*(?:(?:[-*_]\s*){3,})?$/.test(this.#source.line(line))) line -= 1;
    return line;
  }
}
