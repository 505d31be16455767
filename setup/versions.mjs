/**
 * The versions that a flag names. A word that is no version is skipped here; Drillbook refuses it later.
 * @param {readonly string[]} words
 * @param {'--bullmq' | '--redis'} flag
 */
export function readVersions(words, flag) {
  if (words[0] === '--run') return [];
  const versions = words.flatMap((word, at) => {
    if (word.startsWith(`${flag}=`)) return [word.slice(flag.length + 1)];
    if (word !== flag) return [];
    const others = words.slice(at + 1);
    const end = others.findIndex((other) => other.startsWith('-'));
    return end === -1 ? others : others.slice(0, end);
  });
  return versions.filter((version) => /^\d+\.\d+\.\d+$/.test(version));
}
