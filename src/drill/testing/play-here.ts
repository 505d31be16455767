// Opens the player's shell in the terminal of this process, without Docker: the shell is a bash of this machine.
// It ends with `drill giveup`.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { openTranscript } from '../../operator/transcript.ts';
import { createOwnTerminal } from '../own-terminal.ts';
import { doorName, openPlayerDoor } from '../player-door.ts';
import { openPlayerShell } from '../player-shell.ts';
import { writeShellFiles } from '../shell-files.ts';
import { createLocalOperator } from './local-operator.ts';

const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-here-'));
const operator = await createLocalOperator(folder);
const over = Promise.withResolvers<void>();
const closeDoor = await openPlayerDoor(operator.sockets.host, (verb) => {
  if (verb === 'giveup') setImmediate(over.resolve);
  return { ok: true, text: `heard ${verb}` };
});
const socket = path.join(operator.sockets.container, doorName);
const files = await writeShellFiles(operator.blocks, { trace: operator.trace.container, socket });
const terminal = createOwnTerminal(process.stdin, process.stdout);
const transcript = await openTranscript(path.join(folder, 'player.cast'), terminal.size(), 'here');
const shell = openPlayerShell(operator, { files, cwd: folder, terminal, transcript, takesKeys: () => false });
await over.promise;
shell.close();
await operator[Symbol.asyncDispose]();
await closeDoor();
await transcript.close();
await rm(folder, { recursive: true });
process.stdout.write('given back\n');
process.exit();
