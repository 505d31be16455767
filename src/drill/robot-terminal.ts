import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { RobotTask } from './robots/robot.ts';
import type { Terminal, TerminalHandlers } from './terminal.ts';

const size = { rows: 40, cols: 132 };

/**
 * A robot as the player. It is a process of its own and has a terminal and nothing else: what it prints are its keys,
 * and what it reads is the screen.
 * @param onOutput sees what the robot sees, for an audience
 */
export function createRobotTerminal(task: RobotTask, onOutput: (output: Uint8Array | string) => void): Terminal {
  // In the published package this file is compiled, and so is the robots' program.
  const program = import.meta.url.endsWith('.ts') ? './robots/main.ts' : './robots/main.js';
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url)), JSON.stringify(task)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {},
  });
  let handlers: TerminalHandlers | undefined;
  child.stdout.on('data', (keys: Uint8Array) => handlers?.onKeys(keys));
  child.once('close', () => handlers?.onEnd());
  // A robot that has ended reads no more. `close` reported that.
  child.stdin.on('error', () => undefined);
  return {
    size: () => size,
    write(output) {
      onOutput(output);
      if (child.stdin.writable) child.stdin.write(output);
    },
    open(given) {
      handlers = given;
      if (child.exitCode !== null) given.onEnd();
    },
    close() {
      handlers = undefined;
      child.kill('SIGKILL');
    },
  };
}
