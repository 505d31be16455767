import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { plainText } from '../kernel/plain-text.ts';
import { attachSandbox } from '../sandbox/attach-sandbox.ts';
import { connectEngine } from '../sandbox/engine.ts';
import { chooseSandbox } from './choose-sandbox.ts';

/** Opens a shell in the operator. The sandbox's wall stays open as long as the shell; its exit code becomes ours. */
export async function openShell(id: string | undefined): Promise<void> {
  const directory = process.cwd();
  const sandbox = await attachSandbox(directory, (await chooseSandbox(await connectEngine(), directory, id)).id);
  await sandbox.operator.ensure();
  // Refusals and normal answers come back through Docker. Only silently skipped orders need a message from us.
  const wall = await sandbox.openWall(({ outcome, message }) => {
    if (outcome === 'spared') process.stderr.write(`${plainText(message)}\r\n`);
  });
  try {
    const terminal = process.stdin.isTTY ? ['--tty'] : [];
    const shell = spawn('docker', ['exec', '--interactive', ...terminal, `${sandbox.project}-operator`, 'bash'], {
      stdio: 'inherit',
    });
    const [code] = (await once(shell, 'exit')) as [number | null];
    process.exitCode = code ?? 1;
  } finally {
    await wall.close();
  }
}
