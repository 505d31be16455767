import { request } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

import { openPlayerDoor } from './player-door.ts';

interface Reply {
  readonly status: number | undefined;
  readonly text: string;
}

function ask(socketPath: string, target: string, body = '', method = 'POST'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: target, method }, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (part: string) => (text += part));
      reply.on('end', () => resolve({ status: reply.statusCode, text }));
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

async function withDoor(use: (socket: string, heard: (readonly string[])[]) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-door-'));
  const heard: (readonly string[])[] = [];
  const close = await openPlayerDoor(folder, (verb, words) => {
    heard.push([verb, ...words]);
    return verb === 'no' ? { ok: false, text: 'not so' } : { ok: true, text: 'noted\u001b[2J' };
  });
  try {
    await use(path.join(folder, 'drill.sock'), heard);
  } finally {
    await close();
    await rm(folder, { recursive: true });
  }
}

test('a word arrives with its parts, and the answer cannot steer the terminal', async () => {
  await withDoor(async (socket, heard) => {
    expect(await ask(socket, '/found', '3.2\0mail\0the flag is set\0')).toEqual({
      status: 200,
      text: 'noted\\u{1b}[2J\n',
    });
    expect(await ask(socket, '/no')).toEqual({ status: 400, text: 'drill: not so\n' });
    expect(heard).toEqual([['found', '3.2', 'mail', 'the flag is set'], ['no']]);
  });
});

test('what is no word, is too long or comes too often never reaches the drill', async () => {
  await withDoor(async (socket, heard) => {
    expect((await ask(socket, '/containers/json')).status).toBe(400);
    expect((await ask(socket, '/page', '', 'GET')).status).toBe(400);
    expect((await ask(socket, '/note', 'x'.repeat(4097))).status).toBe(413);
    expect(heard).toEqual([]);
    const replies = await Promise.all(Array.from({ length: 40 }, () => ask(socket, '/status')));
    expect(replies.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(20);
    expect(replies.some(({ status }) => status === 429)).toBe(true);
  });
});
