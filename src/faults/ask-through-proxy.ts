import { DrillbookError } from '../kernel/errors.ts';
import type { Address, Sandbox } from '../sandbox/sandbox.ts';

/** What a client writes: `head`, then `fill` bytes, then `tail`, and all of it `times` over. */
interface Question {
  readonly head: string;
  readonly fill: number;
  readonly tail: string;
  readonly times: number;
  /** The client stops as soon as so many bytes of answer have arrived. */
  readonly wantedBytes: number;
}

/** What a client saw. */
export interface Answer {
  /** `answered`, `closed`, an error code such as ECONNREFUSED, or `silence` if the client's patience ended first. */
  readonly end: string;
  /** How many bytes arrived. */
  readonly bytes: number;
  /** The first characters of them. */
  readonly start: string;
  /** Since the client began to connect, sandbox ms. */
  readonly ms: number;
}

/** Redis and an HTTP server both answer this at once, each in its own way. */
export const ping: Question = { head: 'PING\r\n\r\n', fill: 0, tail: '', times: 1, wantedBytes: 1 };

/** An HTTP answer is at least so long: its status line, date and connection headers. */
const shortestHttpAnswer = 100;

/** A question with an answer of at least `bytes`, in the protocol of the server that gave this answer to `ping`. */
export function questionFor({ start, end }: Answer, bytes: number): Question {
  if (start.startsWith('+'))
    return { head: `*2\r\n$4\r\nECHO\r\n$${bytes}\r\n`, fill: bytes, tail: '\r\n', times: 1, wantedBytes: bytes };
  if (start.startsWith('HTTP/')) {
    const head = 'GET / HTTP/1.1\r\nHost: drillbook\r\n\r\n';
    return { head, fill: 0, tail: '', times: Math.ceil(bytes / shortestHttpAnswer), wantedBytes: bytes };
  }
  throw new DrillbookError(`the server behind the proxy speaks neither Redis nor HTTP: ${start || end}`, {
    code: 'PROXY_PROTOCOL',
    next: 'use proxy-down, proxy-silent, proxy-slow or proxy-reset, which need no long answer',
  });
}

/** Asks from inside a container of `service`, over a new connection. */
export async function askThroughProxy(
  sandbox: Pick<Sandbox, 'exec'>,
  service: string,
  { host, port }: Address,
  { head, fill, tail, times, wantedBytes }: Question,
  patienceMs: number,
): Promise<Answer> {
  const script = `
    const began = performance.now();
    let [bytes, start] = [0, ""];
    const report = (end) => {
      console.log(JSON.stringify({ end, bytes, start, ms: Math.round(performance.now() - began) }));
      process.exit(0);
    };
    const question = (${JSON.stringify(head)} + "x".repeat(${fill}) + ${JSON.stringify(tail)}).repeat(${times});
    const socket = require("node:net").connect(${port}, ${JSON.stringify(host)}, () => socket.write(question));
    socket.on("data", (data) => {
      start ||= data.toString("latin1", 0, 5);
      bytes += data.length;
      if (bytes >= ${wantedBytes}) report("answered");
    });
    socket.once("error", (error) => report(error.code));
    socket.once("close", () => report("closed"));
    setTimeout(() => report("silence"), ${patienceMs});`;
  return JSON.parse(await sandbox.exec(service, ['node', '-e', script])) as Answer;
}
