import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';

import { curlConfig, hidesStatus, watchAnswer, type Answer, type ContainerCommand } from './watch-answer.ts';

function frame(stream: 1 | 2, text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** What the client gets, and what is reported, if the output arrives in pieces of this size. */
async function pass(command: ContainerCommand, output: Buffer, size: number): Promise<readonly [Buffer, Answer[]]> {
  const answers: Answer[] = [];
  const watch = watchAnswer(command, (answer) => void answers.push(answer))?.();
  if (!watch) throw new Error('the command is not watched');
  const got = buffer(watch);
  for (let at = 0; at < output.length; at += size) watch.write(output.subarray(at, at + size));
  watch.end();
  return [await got, answers];
}

const status = (code: number): string => `\x1b_drillbook;http.${code}\x1b\\`;
const curl = (tty: boolean): ContainerCommand => ({ words: ['/usr/bin/curl', '-s', 'http://api/x'], tty });
const sizes = [1, 3, 7, 1000];

test.each(sizes)('takes the status out of the output of curl in pieces of %i, and passes the rest on', async (size) => {
  const frames = Buffer.concat([frame(1, 'é not found'), frame(2, `warn${status(404)}`), frame(2, 'late')]);
  const [got, answers] = await pass(curl(false), frames, size);
  expect(got.toString()).toBe(Buffer.concat([frame(1, 'é not found'), frame(2, 'warn'), frame(2, 'late')]).toString());
  expect(answers).toEqual([{ httpStatus: 404 }]);
  const [shown, twice] = await pass(curl(true), Buffer.from(`é\x1b[31m${status(200)}x${status(503)}\x1b`), size);
  expect(shown.toString()).toBe('é\x1b[31mx\x1b');
  expect(twice).toEqual([{ httpStatus: 503 }]);
});

test.each(sizes)('finds the error that redis-cli prints, in pieces of %i, and passes everything on', async (size) => {
  const command = { words: ['sh', '-c', 'redis-cli config set x 1 | cat'], tty: false };
  const output = Buffer.concat([frame(1, 'ERR Unknown'), frame(2, 'x'), frame(1, ' option\n\n')]);
  expect(await pass(command, output, size)).toEqual([output, [{ errorReply: 'ERR Unknown option' }]]);
  const fine = frame(1, 'ERR is what the job logged\n');
  expect(await pass(command, fine, size)).toEqual([fine, []]);
  const shown = Buffer.from('(error) NOAUTH Authentication required.\r\n');
  expect(await pass({ words: ['redis-cli', 'ping'], tty: true }, shown, size)).toEqual([
    shown,
    [{ errorReply: 'NOAUTH Authentication required.' }],
  ]);
});

test('passes on a piece that the engine did not finish', async () => {
  const cut = frame(1, 'half').subarray(0, 10);
  expect((await pass(curl(false), cut, 4))[0]).toEqual(cut);
});

test.each<readonly [command: string, hides: boolean]>([
  ['curl http://api/x', true],
  ['/usr/bin/curl -sS -X POST http://api/x', true],
  ['curl -f http://api/x', false],
  ['curl -s -w %{http_code} http://api/x', false],
  ['curl -si http://api/x', false],
  ['curl -q http://api/x', false],
  // Within a shell the report could get into another program.
  ['sh -c curl', false],
  ['node curl', false],
])('makes curl report the status only if nothing else shows it: %s', (command, hides) => {
  expect(hidesStatus(command.split(' '))).toBe(hides);
});

test('watches no other program', () => {
  expect(watchAnswer({ words: ['node', '-e', '0'], tty: false }, () => undefined)).toBeUndefined();
});

test('writes a configuration that curl reads as one option', () => {
  expect(curlConfig).toBe('write-out = "%{stderr}\x1b_drillbook;http.%{http_code}\x1b\\\\"\n');
});
