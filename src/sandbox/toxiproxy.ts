import * as client from 'toxiproxy-node-client';

import { DrillbookError } from '../kernel/errors.ts';
import { abortable } from '../kernel/poll-until.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import { bypassProxy } from './bypass-proxy.ts';
import type { Address } from './sandbox.ts';

/** One of Toxiproxy's toxics, for every connection; real times. https://github.com/Shopify/toxiproxy#toxics */
export type Toxic = Omit<client.ICreateToxicBody<client.ToxicAttributeTypes>, 'toxicity'>;

/** Real ms that Toxiproxy gets for an answer. Its client sets no limit. */
const answerWithinMs = 5000;
/** Toxiproxy gets so many orders to remove a toxic. */
const mostRemovals = 3;

/**
 * The sandbox's Toxiproxy, through its HTTP API. It runs on real time, so the caller converts sandbox times.
 * Every method throws an Error if Toxiproxy refuses or does not answer, and a DrillbookError if it has no such proxy.
 */
export class Toxiproxy {
  readonly #client: client.Toxiproxy;

  constructor({ host, port }: Address) {
    bypassProxy(host);
    this.#client = new client.Toxiproxy(`http://${host}:${port}`);
  }

  /** The port at which a proxy listens inside the sandbox. */
  async portOf(proxy: string): Promise<number> {
    return Number((await this.#find(proxy)).listen.split(':').at(-1));
  }

  /** Disabled, a proxy stops listening and closes its connections. */
  async setEnabled(proxy: string, enabled: boolean): Promise<void> {
    const found = await this.#find(proxy);
    const { listen, upstream } = found;
    await ask(`switch ${proxy}`, found.update({ listen, upstream, enabled }));
  }

  async addToxic(proxy: string, toxic: Toxic): Promise<void> {
    const found = await this.#find(proxy);
    await ask(`add ${toxic.name} to ${proxy}`, found.addToxic({ toxicity: 1, ...toxic }));
  }

  /**
   * Does nothing if the proxy has no such toxic. Toxiproxy answers only once each connection has passed on what it held
   * back, so an order that got no answer in time is asked about, and given again.
   */
  async removeToxic(proxy: string, name: string): Promise<void> {
    const found = await this.#find(proxy);
    for (let tried = 1; ; tried += 1) {
      const listed = found.api.get<client.ICreateToxicBody<unknown>[]>(`${found.getPath()}/toxics`);
      const { data: toxics } = await ask(`list the toxics of ${proxy}`, listed);
      const toxic = toxics.find((one) => one.name === name);
      if (!toxic) return;
      const removal = new client.Toxic(found.api, found.getPath(), toxic).remove();
      const isLast = tried >= mostRemovals;
      await ask(`remove ${name} from ${proxy}`, removal).catch((error: unknown) => {
        if (isLast) throw error;
      });
    }
  }

  /** Enables every proxy and removes every toxic. */
  async reset(): Promise<void> {
    await ask('reset', this.#client.reset());
  }

  async #find(proxy: string): Promise<client.Proxy> {
    const found = await ask('list its proxies', this.#client.getAll());
    if (found[proxy]) return found[proxy];
    throw new DrillbookError(`the sandbox's Toxiproxy has no proxy ${proxy}`, {
      code: 'PROXY_UNKNOWN',
      next: `choose one of ${Object.keys(found).join(', ')}`,
    });
  }
}

async function ask<T>(what: string, answer: Promise<T>): Promise<T> {
  try {
    return await abortable(answer, AbortSignal.timeout(answerWithinMs));
  } catch (cause) {
    throw new Error(`Toxiproxy did not ${what}: ${reasonOf(cause)}`, { cause });
  }
}
