import { z } from 'zod';

import { DrillbookError } from '../kernel/errors.ts';
import type { Address } from './sandbox.ts';

/** One of Toxiproxy's toxics: https://github.com/Shopify/toxiproxy#toxics. Times are real. */
export interface Toxic {
  readonly name: string;
  readonly type: 'latency';
  readonly stream: 'upstream' | 'downstream';
  readonly attributes: Readonly<Record<string, number>>;
}

const proxies = z.record(z.string(), z.object({ listen: z.string(), enabled: z.boolean() }));

/** Real ms that Toxiproxy gets for an answer. */
const answerWithinMs = 5000;

/** The sandbox's Toxiproxy, by its HTTP API. It keeps real time, so that whoever sets a latency converts it. */
export class Toxiproxy {
  readonly #url: string;

  constructor({ host, port }: Address) {
    this.#url = `http://${host}:${port}`;
  }

  /**
   * The port that a proxy listens at within the sandbox.
   * @throws DrillbookError when there is no such proxy
   */
  async portOf(proxy: string): Promise<number> {
    const found = proxies.parse(await this.#ask('GET', '/proxies'));
    const port = Number(found[proxy]?.listen.split(':').at(-1));
    if (Number.isInteger(port)) return port;
    throw new DrillbookError(`the sandbox's Toxiproxy has no proxy ${proxy}`, {
      code: 'PROXY_UNKNOWN',
      next: `choose among ${Object.keys(found).join(', ')}`,
    });
  }

  /** Without being enabled a proxy does not listen, and what was connected is not any more. */
  async setEnabled(proxy: string, enabled: boolean): Promise<void> {
    await this.#ask('POST', `/proxies/${proxy}`, { enabled });
  }

  async addToxic(proxy: string, toxic: Toxic): Promise<void> {
    await this.#ask('POST', `/proxies/${proxy}/toxics`, { toxicity: 1, ...toxic });
  }

  /** Does nothing where there is no such toxic any more. */
  async removeToxic(proxy: string, name: string): Promise<void> {
    await this.#ask('DELETE', `/proxies/${proxy}/toxics/${name}`, undefined, [404]);
  }

  /** Every proxy enabled, no toxic. */
  async reset(): Promise<void> {
    await this.#ask('POST', '/reset');
  }

  async #ask(method: string, path: string, body?: unknown, fine: readonly number[] = []): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { 'user-agent': 'drillbook', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerWithinMs),
    });
    const text = await response.text();
    if (!response.ok && !fine.includes(response.status))
      throw new Error(`Toxiproxy answered ${response.status} to ${method} ${path}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
