/** Says what set-up does, one plain line a step, with the seconds it took. A set-up that finds all in place says one line. */
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
   * Announces `what`, does it, and says how long it took.
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

  /** @param {string} summary what is in place */
  finish(summary) {
    const verb = this.#steps === 0 ? 'all in place' : 'ready';
    this.#write(`set-up: ${verb} in ${seconds(performance.now() - this.#started)} (${summary})`);
  }
}

/** @param {number} ms */
function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
