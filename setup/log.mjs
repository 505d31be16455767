/**
 * Prints what set-up does: one line at the start and end of each step. If nothing has to be done, it prints one line.
 */
export class SetupLog {
  #started = performance.now();
  #write;
  #steps = 0;

  /** @param {(line: string) => void} [write] */
  constructor(write = (line) => process.stderr.write(`${line}\n`)) {
    this.#write = write;
  }

  /** @param {string} text */
  say(text) {
    this.#steps += 1;
    this.#write(`set-up: ${text}`);
  }

  /**
   * Prints `what`, runs the work, and prints how long it took.
   * @template T
   * @param {string} what a noun phrase or gerund: "installing docker.io"
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async step(what, work) {
    const started = performance.now();
    this.say(`${what} ...`);
    const result = await work();
    this.#write(`set-up: ${what}: ${seconds(performance.now() - started)}`);
    return result;
  }

  /** @param {string} summary what set-up has found or made */
  finish(summary) {
    const verb = this.#steps === 0 ? 'everything is ready' : 'ready';
    this.#write(`set-up: ${verb} after ${seconds(performance.now() - this.#started)} (${summary})`);
  }
}

/** @param {number} ms */
function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
