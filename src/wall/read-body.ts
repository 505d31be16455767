import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { Refusal } from './refusal.ts';

/** The largest body that `docker` and `docker compose` send is a few kilobytes. */
const largest = 1024 * 1024;
/** How long a client may pause in the middle of a body. */
const pauseMs = 10_000;

/**
 * Reads the whole body of a request.
 * @throws Refusal if it is larger than any body that a procedure needs
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest)
      throw new Refusal('drillbook refused: the body is too large', {
        status: 413,
        attempt: `send a body of more than ${largest} bytes to the engine`,
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Reads the body of a request that asks for the connection itself. Node leaves that body in the stream, followed by the
 * first bytes for the other side.
 * @param head what Node has already read behind the headers
 * @returns the body, and the bytes behind it
 * @throws Refusal if the request does not state the length of its body, or sends less
 */
export async function readUpgradeBody(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<{ readonly body: Buffer; readonly rest: Buffer }> {
  const text = request.headers['content-length'] ?? '0';
  if (request.headers['transfer-encoding'] !== undefined || !/^\d{1,7}$/.test(text) || Number(text) > largest)
    throw new Refusal('drillbook refused: the request does not state the length of its body', {
      status: 400,
      attempt: 'send a request that does not state the length of its body',
    });
  const length = Number(text);
  const chunks = [head];
  let size = head.length;
  while (size < length) {
    const chunk = await nextChunk(socket);
    if (!chunk) throw new Refusal('drillbook refused: the body is shorter than stated', { status: 400 });
    chunks.push(chunk);
    size += chunk.length;
  }
  const all = Buffer.concat(chunks);
  return { body: all.subarray(0, length), rest: all.subarray(length) };
}

/** Undefined if the stream ended, or nothing came for `pauseMs`. */
function nextChunk(socket: Duplex): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const done = (chunk?: Buffer): void => {
      clearTimeout(limit);
      socket.off('data', onData).off('end', done).off('close', done);
      resolve(chunk);
    };
    const onData = (chunk: Buffer): void => {
      socket.pause();
      done(chunk);
    };
    const limit = setTimeout(done, pauseMs);
    socket.once('data', onData).once('end', done).once('close', done);
    socket.resume();
  });
}
