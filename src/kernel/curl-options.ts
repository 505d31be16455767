/**
 * Whether curl prints the HTTP status for its reader, or is asked to fail by it.
 * @param words of its command line; undefined for a word that is not known
 */
export function examinesStatus(words: readonly (string | undefined)[]): boolean {
  const long = /^--(?:write-out|head|include|verbose|dump-header|fail|fail-with-body)(?:=|$)/;
  return words.some((word, index) =>
    word === '/dev/null'
      ? /^(?:-[a-zA-Z]*o|--output)$/.test(words[index - 1] ?? '')
      : /^-[a-zA-Z]*[wIivDf]/.test(word ?? '') || long.test(word ?? ''),
  );
}
