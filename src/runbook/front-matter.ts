/**
 * Replaces YAML front matter by blank lines, so that Markdown does not read it as a heading, and line numbers stay the
 * same.
 */
export function blankFrontMatter(text: string): { readonly text: string; readonly title: string | undefined } {
  const match =
    /^---[ \t]*(?:\r\n|\n)(?:(?:\w[\w-]*[ \t]*:.*|[ \t#-].*|)(?:\r\n|\n))*?(?:---|\.\.\.)[ \t]*(?=\r\n|\n|$)/.exec(
      text,
    );
  if (!match) return { text, title: undefined };
  const [front] = match;
  const title = /^title[ \t]*:[ \t]*["']?(.*?)["']?[ \t]*\r?$/m.exec(front)?.[1];
  return { text: front.replace(/[^\r\n]/g, '') + text.slice(front.length), title: title === '' ? undefined : title };
}
