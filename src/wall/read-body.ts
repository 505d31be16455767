import type { IncomingMessage } from 'node:http';

import { Refusal } from './refusal.ts';

/** The largest body that `docker` and `docker compose` send is a few kilobytes. */
const largest = 1024 * 1024;

/** The whole body of a request. Throws a Refusal when it is larger than any that is needed. */
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
