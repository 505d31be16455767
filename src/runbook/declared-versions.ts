const products: readonly (readonly [name: string, words: string])[] = [
  ['redis', 'redis(?:[- ]server)?'],
  ['bullmq', 'bullmq'],
  ['ioredis', 'ioredis'],
  ['node', 'node(?:\\.?js)?'],
  ['docker', 'docker(?: engine)?'],
  ['compose', '(?:docker[ -])?compose'],
  ['toxiproxy', 'toxiproxy'],
  ['prometheus', 'prometheus'],
];

/**
 * The versions that a text states: `Redis 8.4.0`, `BullMQ v5`, `redis:8.4.0`, also in file names such as
 * `Redis-8-4-0-cu-BullMQ-v5.md`.
 */
export function findDeclaredVersions(text: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, words] of products) {
    // A port or a count is no version. So each part has at most two digits, and a single number needs a `v`.
    const stated = new RegExp(
      `(?<![\\w.])${words}(?:[ :@=^~-]|%20)*(?:version |versiunea )?(?:v(\\d{1,2}(?:[.-]\\d{1,3})*)|(\\d{1,2}(?:[.-]\\d{1,3}){1,2}))(?![\\w.]*\\d)`,
      'giu',
    );
    for (const match of text.matchAll(stated)) {
      const version = (match[1] ?? match[2] ?? '').replaceAll('-', '.');
      const known = found[name];
      if (known === undefined || version.startsWith(`${known}.`)) found[name] = version;
    }
  }
  return found;
}

/** The runbook's own version: `**Versiune:** 1.0`, `Version: 1.1`, `version: 1.1` in its front matter. */
export function findRunbookVersion(lines: readonly string[]): string | undefined {
  for (const line of lines.slice(0, 60)) {
    const match =
      /^[\s>*_|-]*(?:version|versiunea?|rev(?:ision|izia)?)[\s*_]*[:|][\s*_]*["']?v?(\d+(?:\.\d+)*(?:-[\w.]+)?)/iu.exec(
        line,
      );
    if (match) return match[1];
  }
  return undefined;
}
