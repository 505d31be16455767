import { once } from 'node:events';
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Asked {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** One request. Unlike `fetch` it lets a test choose the Host. */
export async function ask(url: string, { method = 'GET', headers = {}, body = '' }: Asked = {}): Promise<Answered> {
  const sent = request(url, { method, headers, agent: false });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

/** Reads server-sent events until the text of all of them fulfils a condition, then hangs up. */
export async function readEvents(url: string, isEnough: (text: string) => boolean, withinMs = 30_000): Promise<string> {
  const sent = request(url, { agent: false, signal: AbortSignal.timeout(withinMs) });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let seen = '';
  for await (const chunk of response.setEncoding('utf8')) {
    seen += chunk as string;
    if (isEnough(seen)) break;
  }
  sent.destroy();
  return seen;
}
