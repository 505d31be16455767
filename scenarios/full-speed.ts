/**
 * What the block that restores full concurrency must show for each queue.
 * A runbook that never reduces the concurrency only resumes the queues, so "resumed" is enough.
 */
export function fullSpeed(names: readonly string[]) {
  return names.map((name) => ({
    pattern: new RegExp(`^${name.replaceAll('.', String.raw`\.`)} .*no limit|resumed`, 'im'),
    means: `that ${name} runs at full speed again`,
  }));
}
