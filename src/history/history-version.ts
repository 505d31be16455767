/**
 * The versions of the history's format that this Drillbook reads. `run.started` carries the version. The rule:
 *
 * - A new kind of event, or a new field that only adds detail, keeps the version.
 * - A change after which an old reader could reach another verdict raises it. The old version stays in this list, and
 *   `parse-event.ts` translates its events before it checks them.
 * - A history of any other version is refused. So is one with an event of an unknown kind: a verdict must not ignore
 *   evidence, and the judge cannot know what an unknown event proves.
 *
 * Version 1: the form of a job's id shows that Drillbook gave it, and names scenario and arm.
 * Version 2: ids say nothing. The event `job-ids` shows which were given earlier, and `unacknowledged` has those that
 * Redis did not acknowledge.
 */
export const readableVersions = [1, 2] as const;
export type HistoryVersion = (typeof readableVersions)[number];

/** The version that this Drillbook writes. */
export const historyVersion: HistoryVersion = 2;

export function isReadableVersion(value: unknown): value is HistoryVersion {
  return readableVersions.some((version) => version === value);
}
