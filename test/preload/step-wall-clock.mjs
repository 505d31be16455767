/**
 * Preloaded into the command: its wall clock jumps by an hour or a day, forward and back, three times a second, as if
 * an administrator set the machine's clock. The monotonic clock and the timers are not touched.
 */
const hour = 3_600_000;
const steps = [0, hour, -hour, 24 * hour, -24 * hour];
const RealDate = Date;
const offset = () => steps[Math.floor(performance.now() / 300) % steps.length] ?? 0;

globalThis.Date = class extends RealDate {
  /** @param {[]} args */
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offset());
    else super(...args);
  }
  static now() {
    return RealDate.now() + offset();
  }
};
