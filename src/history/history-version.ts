/**
 * The versions of the history's format that this Drillbook reads. `run.started` carries the version. The rule:
 *
 * - A new kind of event, or a new field that only adds detail, keeps the version.
 * - A change after which an old reader could reach another verdict raises it. The old version stays in this list, and
 *   `parse-event.ts` translates its events before it checks them.
 * - A history of any other version is refused. So is one with an event of an unknown kind: a verdict must not ignore
 *   evidence, and the judge cannot know what an unknown event proves.
 */
export const readableVersions = [1] as const;
export type HistoryVersion = (typeof readableVersions)[number];

/** The version that this Drillbook writes. */
export const historyVersion: HistoryVersion = 1;

export function isReadableVersion(value: unknown): value is HistoryVersion {
  return readableVersions.some((version) => version === value);
}
