import { Transform } from 'node:stream';

import { examinesStatus } from '../kernel/curl-options.ts';
import { errorReply } from '../kernel/redis-reply.ts';

/** What a program that ran in a container was told, although it may end with 0. */
export type Answer = { readonly errorReply: string } | { readonly httpStatus: number };

/** A command in a container, as the engine describes it. */
export interface ContainerCommand {
  readonly words: readonly string[];
  /** Its output is that of a terminal: one stream without frames. */
  readonly tty: boolean;
}

/**
 * With this file as its `.curlrc`, curl ends its output to stderr with the status of the answer. `watchAnswer` takes it
 * out again. The folder is mounted in all containers that carry the sandbox clock.
 */
export const curlConfig = String.raw`write-out = "%{stderr}${'\x1b'}_drillbook;http.%{http_code}${'\x1b'}\\"` + '\n';
export const curlHome = 'CURL_HOME=/drillbook';

const httpMark = /\x1b_drillbook;http\.(\d+)\x1b\\/g;
/** The beginning of a mark, at the end of a text. */
const begun = /\x1b(?:_[\w;.]{0,30}\x1b?)?$/;
/** So much of what redis-cli prints is looked at. */
const mostText = 64 * 1024;

/** Whether curl is to report the status: it runs without a shell, and neither shows the status nor fails by it. */
export function hidesStatus(words: readonly string[]): boolean {
  return isProgram('curl', words[0]) && !examinesStatus(words) && words[1] !== '-q' && words[1] !== '--disable';
}

/** What reads the output of the command on its way to the client. Undefined if there is nothing to find in it. */
export function watchAnswer(
  { words, tty }: ContainerCommand,
  report: (answer: Answer) => void,
): (() => Transform) | undefined {
  if (hidesStatus(words)) return () => throughFrames(tty, takeStatus(report));
  if (words.some((word) => /\bredis-cli\b/.test(word))) return () => throughFrames(tty, readReplies(report));
  return undefined;
}

/** Gets each piece of a stream of the output, and returns what the client gets. `end` returns the rest. */
interface Reader {
  take(text: string, from: 'stdout' | 'stderr'): string;
  end(): string;
}

function takeStatus(report: (answer: Answer) => void): Reader {
  let pending = '';
  return {
    take(text, from) {
      if (from === 'stdout') return text;
      const whole = pending + text;
      const held = begun.exec(whole)?.index ?? whole.length;
      pending = whole.slice(held);
      return whole.slice(0, held).replace(httpMark, (_, status: string) => {
        if (Number(status) >= 400) report({ httpStatus: Number(status) });
        return '';
      });
    },
    end: () => pending,
  };
}

function readReplies(report: (answer: Answer) => void): Reader {
  let seen = '';
  return {
    take(text, from) {
      if (from === 'stdout' && seen.length < mostText) seen += text;
      return text;
    },
    end() {
      const error = errorReply(seen.replaceAll('\r\n', '\n'));
      if (error !== undefined) report({ errorReply: error });
      return '';
    },
  };
}

/** The engine puts 8 bytes before each piece of a command without a terminal: the stream, three zeros, the length. */
const headBytes = 8;
const [stdout, stderr] = [1, 2];

/** Bytes are passed on as they are: latin1 has a character for each. */
function throughFrames(tty: boolean, reader: Reader): Transform {
  let rest = Buffer.alloc(0);
  const frames = (chunk: Buffer): Buffer => {
    rest = Buffer.concat([rest, chunk]);
    const passed: Buffer[] = [];
    while (rest.length >= headBytes) {
      const length = rest.readUInt32BE(4);
      if (rest.length < headBytes + length) break;
      const text = rest.toString('latin1', headBytes, headBytes + length);
      const isError = rest[0] === stderr;
      passed.push(frame(isError ? stderr : (rest[0] ?? stdout), reader.take(text, isError ? 'stderr' : 'stdout')));
      rest = rest.subarray(headBytes + length);
    }
    return Buffer.concat(passed);
  };
  const plain = (chunk: Buffer): Buffer => {
    const text = chunk.toString('latin1');
    // A terminal has one stream for both.
    return Buffer.from(reader.take(reader.take(text, 'stdout'), 'stderr'), 'latin1');
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, tty ? plain(chunk) : frames(chunk));
    },
    flush(done) {
      const left = reader.end();
      done(null, tty ? Buffer.from(left, 'latin1') : Buffer.concat([frame(stderr, left), rest]));
    },
  });
}

function frame(stream: number, text: string): Buffer {
  if (text === '') return Buffer.alloc(0);
  const head = Buffer.alloc(headBytes);
  head[0] = stream;
  head.writeUInt32BE(text.length, 4);
  return Buffer.concat([head, Buffer.from(text, 'latin1')]);
}

function isProgram(name: string, word = ''): boolean {
  return word === name || word.endsWith(`/${name}`);
}
