import { setTimeout as delay } from 'node:timers/promises';

/** Sequences that move the cursor, colour or set a title. A robot reads only the text. */
const sequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[()][A-Z0-9]|[=>])/g;
const promptAtEnd = /(?:^|[\r\n])oncall \S+ [$#] $/;
const lookEveryMs = 20;
/** The screen is still for so long before a robot takes its last line for a question, real ms. */
const stillMs = 700;

/** A terminal as a robot has it: it reads the screen and types. */
export class RobotScreen {
  readonly #write: (keys: string) => void;
  #text = '';
  #bells = 0;
  #changedAt = 0;
  #seenBells = 0;
  #closed = false;

  constructor(input: NodeJS.ReadableStream, write: (keys: string) => void) {
    this.#write = write;
    input.setEncoding('utf8');
    input.on('data', (text: string) => {
      const plain = text.replaceAll(sequences, '');
      this.#bells += plain.split('\u0007').length - 1;
      this.#text = (this.#text + plain.replaceAll('\u0007', '')).slice(-100_000);
      this.#changedAt = performance.now();
    });
    input.on('end', () => (this.#closed = true));
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  /** What was printed since the robot typed last. */
  get text(): string {
    return this.#text;
  }

  async prompt(): Promise<void> {
    await this.#until(() => promptAtEnd.test(this.#text));
  }

  /** The next ring of the pager that the robot has not yet reacted to. */
  async bell(): Promise<void> {
    await this.#until(() => this.#bells > this.#seenBells);
    this.#seenBells = this.#bells;
  }

  /** Waits out a time while the terminal lives, real ms. */
  async pause(ms: number): Promise<void> {
    const until = performance.now() + ms;
    await this.#until(() => performance.now() >= until);
  }

  /** Types a line and waits for the next prompt. Returns what was printed. */
  async run(line: string): Promise<string> {
    await this.prompt();
    this.type(`${line}\r`);
    await this.prompt();
    return this.#text;
  }

  /**
   * Pastes a text of several lines, as a person does, and waits for the next prompt. A question on the last line is
   * answered.
   */
  async paste(code: string, answers: readonly { readonly prompt: string; readonly reply: string }[]): Promise<string> {
    await this.prompt();
    this.type(`\u001b[200~${code.replace(/\n$/, '')}\u001b[201~\r`);
    const left = [...answers];
    await this.#until(() => {
      if (promptAtEnd.test(this.#text)) return true;
      const last = this.#text.split('\n').at(-1) ?? '';
      const index = left.findIndex(({ prompt }) => new RegExp(prompt, 'i').test(last));
      const [answer] = index === -1 || !this.#isStill() ? [] : left.splice(index, 1);
      if (answer) this.type(`${answer.reply}\r`);
      return false;
    });
    return this.#text;
  }

  type(keys: string): void {
    this.#text = '';
    this.#write(keys);
  }

  #isStill(): boolean {
    return performance.now() - this.#changedAt >= stillMs;
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#closed) throw new Error('the terminal is gone');
      await delay(lookEveryMs);
    }
  }
}
