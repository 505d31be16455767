import { request } from 'node:http';
import path from 'node:path';

import { ordersName } from '../history/file-names.ts';
import { InputError } from '../kernel/errors.ts';
import { openShort } from '../wall/socket-folder.ts';

const withinMs = 10_000;

/**
 * Gives an order to the drill that is recorded in this folder.
 * @returns its answer
 * @throws InputError `DRILL_NOT_READY` if it takes no orders yet or no more, and `DRILL_ORDER` if it refuses this one
 */
export async function giveOrder(directory: string, order: string, words: readonly string[]): Promise<string> {
  const folder = await openShort(directory);
  try {
    const { status, text } = await ask(path.join(folder.own, ordersName), order, words);
    if (status === 200) return text;
    throw new InputError(text.replace(/^drill: /, ''), { code: 'DRILL_ORDER', next: 'the drill goes on as it was' });
  } finally {
    await folder.close();
  }
}

async function ask(
  socketPath: string,
  order: string,
  words: readonly string[],
): Promise<{ readonly status: number; readonly text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const sent = request({ socketPath, path: `/${order}`, method: 'POST', timeout: withinMs }, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (part: string) => (text += part));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text: text.trim() }));
    response.on('error', reject);
  });
  sent.on('timeout', () => sent.destroy(new Error('no answer')));
  sent.on('error', reject);
  sent.end(words.map((word) => `${word}\0`).join(''));
  return promise.catch((cause: unknown) => {
    throw new InputError('the drill takes no orders now', {
      code: 'DRILL_NOT_READY',
      next: "wait until the player's shell is open",
      cause,
    });
  });
}
