/** How many steps a plot has from left to right. A phone has fewer pixels, and a laptop hardly more. */
const steps = 1000;

/**
 * Places parts of a page along an axis. The page's policy forbids `style` attributes, so each position is a class, and
 * `css` has the rules of those that were used.
 */
export class Positions {
  readonly #used = new Map<string, string>();

  /** Classes for a part from one share of the plot's width (0 to 1) to another. It is always visible. */
  span(from: number, to: number): string {
    const left = step(from);
    const width = Math.max(1, step(to) - left);
    return `${this.point(from)} ${this.#use(`w${width}`, `width:${(width * 100) / steps}%`)}`;
  }

  /** A class for a part that begins at a share of the plot's width. */
  point(at: number): string {
    const left = step(at);
    return this.#use(`x${left}`, `left:${(left * 100) / steps}%`);
  }

  /** A class for a bar of a share of the whole width, whatever stands before it. */
  size(share: number): string {
    const width = step(share);
    return this.#use(`w${width}`, `width:${(width * 100) / steps}%`);
  }

  get css(): string {
    return [...this.#used].map(([name, rule]) => `.${name}{${rule}}`).join('\n');
  }

  #use(name: string, rule: string): string {
    this.#used.set(name, rule);
    return name;
  }
}

function step(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * steps);
}
