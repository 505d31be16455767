/** What the block that ends a reduced concurrency must show of each queue. A runbook that never reduces it resumes them, no more. */
export function fullSpeed(names: readonly string[]) {
  return names.map((name) => ({
    pattern: new RegExp(`^${name.replaceAll('.', String.raw`\.`)} .*no limit|resumed`, 'im'),
    means: `that ${name} runs at full speed again`,
  }));
}
