import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { monotonicMs } from '../kernel/clock.ts';
import { plainText } from '../kernel/plain-text.ts';
import { listenIn } from '../wall/socket-folder.ts';

/** The answer to one word of the player. */
export interface Answer {
  readonly text: string;
  /** False: the word was not understood, and nothing happened. */
  readonly ok: boolean;
}

export type AnswerWord = (verb: string, words: readonly string[]) => Answer;

/** The socket of the door in its folder. */
export const doorName = 'drill.sock';

const largestBody = 4096;
/** Words in a second. */
const mostWords = 20;

/**
 * Opens the door through which the player's shell speaks with the drill: a socket beside the wall's. It leads to a
 * fixed list of words and to nothing else. A word is at most 4 kB long, and at most 20 a second are answered.
 * @param folder on this host; the operator sees that of the player's door under another name
 * @param name of the socket
 * @returns how to close it
 */
export async function openPlayerDoor(
  folder: string,
  answer: AnswerWord,
  name = doorName,
): Promise<() => Promise<void>> {
  const mayAsk = limitRate(mostWords);
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5000, maxHeaderSize: 4096 },
    (request, reply) => {
      // What fails here is the connection: the player ended the program that asked.
      serve(request, reply, answer, mayAsk).catch(() => request.destroy());
    },
  );
  server.maxConnections = 16;
  return listenIn(server, folder, name);
}

async function serve(
  request: IncomingMessage,
  reply: ServerResponse,
  answer: AnswerWord,
  mayAsk: () => boolean,
): Promise<void> {
  const send = (status: number, text: string): void => {
    reply.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    reply.end(`${plainText(text)}\n`);
  };
  if (!mayAsk()) return send(429, `drill: at most ${mostWords} words a second`);
  const body = await readBody(request);
  if (body === undefined) return send(413, `drill: at most ${largestBody} bytes`);
  const verb = (request.url ?? '').slice(1);
  if (request.method !== 'POST' || !/^[a-z]{1,16}$/.test(verb)) return send(400, 'drill: that is no word');
  const words = body === '' ? [] : body.replace(/\0$/, '').split('\0');
  const { ok, text } = answer(
    verb,
    words.filter((word) => word !== ''),
  );
  return send(ok ? 200 : 400, ok ? text : `drill: ${text}`);
}

/** Undefined: the body is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > largestBody) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Whether one more is allowed now: at most `most` within any second. */
function limitRate(most: number): () => boolean {
  let recent: readonly number[] = [];
  return () => {
    const now = monotonicMs();
    recent = recent.filter((at) => at > now - 1000);
    if (recent.length >= most) return false;
    recent = [...recent, now];
    return true;
  };
}
