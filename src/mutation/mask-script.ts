/**
 * The program with blanks in place of the text of strings, templates, comments and regular expressions. Quotes and
 * newlines stay, and so do all offsets. What `${…}` in a template holds is code.
 */
export function maskScript(program: string): string {
  const masked = program.split('');
  const blank = (from: number, to: number): void => {
    for (let at = from; at < to; at += 1) if (masked[at] !== '\n') masked[at] = ' ';
  };
  // Open braces of each `${…}` around the current place. The first counts those of the program.
  const braces = [0];
  let inTemplate = false;
  for (let at = 0; at < program.length;) {
    const end = inTemplate ? endOfTemplateText(program, at) : endOfText(program, at);
    if (inTemplate) {
      blank(at, end);
      inTemplate = false;
      if (program.startsWith('${', end)) braces.push(0);
      at = end + (program.startsWith('${', end) ? 2 : 1);
      continue;
    }
    const char = program.charAt(at);
    if (end > at) blank(isComment(program, at) ? at : at + 1, endsAs(program, at, end) ? end - 1 : end);
    else if (char === '`') inTemplate = true;
    else if (char === '{') braces.push((braces.pop() ?? 0) + 1);
    else if (char === '}') {
      const open = braces.pop() ?? 0;
      if (open === 0 && braces.length > 0) inTemplate = true;
      else braces.push(Math.max(0, open - 1));
    }
    at = Math.max(end, at + 1);
  }
  return masked.join('');
}

function isComment(program: string, at: number): boolean {
  return program.startsWith('//', at) || program.startsWith('/*', at);
}

/** Whether a string is closed, so that its last character is the quote. */
function endsAs(program: string, at: number, end: number): boolean {
  return end > at + 1 && /["']/.test(program.charAt(at)) && program.charAt(end - 1) === program.charAt(at);
}

/** End of the string, comment or regular expression that begins here; `at` itself if none does. */
function endOfText(program: string, at: number): number {
  const text = /"(?:[^"\\\n]|\\[^])*"?|'(?:[^'\\\n]|\\[^])*'?|\/\/[^\n]*|\/\*[^]*?\*\//y;
  text.lastIndex = at;
  if (text.test(program)) return text.lastIndex;
  const regex = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
  regex.lastIndex = at;
  // After a value, a slash divides.
  const divides =
    /(?:[\w$)\]}]|["'`])\s*$/.test(program.slice(0, at)) && !/\b(?:return|typeof)\s*$/.test(program.slice(0, at));
  return !divides && regex.test(program) ? regex.lastIndex : at;
}

/** The closing backquote, or the next `${`. */
function endOfTemplateText(program: string, at: number): number {
  const text = /(?:[^`\\$]|\\[^]|\$(?!\{))*/y;
  text.lastIndex = at;
  text.test(program);
  return text.lastIndex;
}
