/** What a terminal shows of its raw output, and where each character of it stands in the raw text. */
export interface VisibleText {
  readonly text: string;
  /** The index in the raw text of each character of `text`. */
  readonly at: readonly number[];
}

/** Sequences that move the cursor, colour or set a title; a lone return; and the blank with which readline wraps. */
const invisible =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[()][A-Z0-9]|[=>])|\u001b(?:\[[0-?]*[ -/]*|\][^\u0007\u001b]{0,200})?$| ?\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f]/g;

/** Leaves out what is not seen, so that a colour or the right margin does not hide a word. */
export function visibleText(raw: string): VisibleText {
  const at: number[] = [];
  let text = '';
  const add = (from: number, to: number): void => {
    text += raw.slice(from, to);
    for (let index = from; index < to; index += 1) at.push(index);
  };
  let from = 0;
  for (const hidden of raw.matchAll(invisible)) {
    add(from, hidden.index);
    from = hidden.index + hidden[0].length;
  }
  add(from, raw.length);
  return { text, at };
}
