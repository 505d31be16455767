import { monotonicMs } from '../kernel/clock.ts';
import type { Transcript } from '../operator/transcript.ts';
import type { OperatorContainer, TtyProcess } from '../sandbox/sandbox.ts';
import type { ShellFiles } from './shell-files.ts';
import type { Terminal } from './terminal.ts';

/** The player's shell in the operator, with the player's terminal at its other end. */
export interface PlayerShell {
  /** Rejects or resolves when no shell can be started any more, or no more keys can come. */
  readonly lost: Promise<string>;
  /** Shows a line that is not of the shell. */
  say(text: string): void;
  /** Rings the bell and marks the recording. */
  ring(marker: string): void;
  /** Gives the terminal back. The shell itself ends with the operator. */
  close(): void;
}

/** A shell that ends sooner than this has not really started, real ms. */
const bornMs = 1000;
const mostStillborn = 3;

/**
 * Starts the shell. If it ends (`exit`, or its container is gone), a new one is started: only the words of the drill
 * end a drill.
 */
export function openPlayerShell(
  operator: OperatorContainer,
  {
    files,
    cwd,
    terminal,
    transcript,
    takesKeys,
  }: {
    readonly files: ShellFiles;
    readonly cwd: string;
    readonly terminal: Terminal;
    readonly transcript: Transcript;
    /** Sees the keys first. True: they are not for the shell. */
    readonly takesKeys: (keys: Uint8Array) => boolean;
  },
): PlayerShell {
  let current: TtyProcess | undefined;
  let closed = false;
  const lost = Promise.withResolvers<string>();
  const show = (text: string): void => {
    terminal.write(text);
    transcript.output(text);
  };
  const fit = async (): Promise<void> => {
    const { rows, cols } = terminal.size();
    await current?.resize(rows, cols);
  };
  terminal.open({
    onKeys(keys) {
      if (!takesKeys(keys)) current?.stream.write(keys);
    },
    onResize({ rows, cols }) {
      transcript.resize(cols, rows);
      fit().catch((error: unknown) => lost.resolve(String(error)));
    },
    onEnd: () => lost.resolve('the terminal of the player is gone'),
  });

  const runOne = async (): Promise<void> => {
    await operator.ensure();
    const { rows, cols } = terminal.size();
    // Old engines ignore the size of a terminal that has no process yet, so the shell's parent sets it from inside.
    const argv = [
      'bash',
      '-c',
      'stty rows "$0" cols "$1"; shift; exec "$@"',
      String(rows),
      String(cols),
      ...files.argv,
    ];
    current = await operator.exec(argv, { env: files.env, cwd });
    const decoder = new TextDecoder();
    current.stream.on('data', (bytes: Uint8Array) => {
      if (closed) return;
      terminal.write(bytes);
      transcript.output(decoder.decode(bytes, { stream: true }));
    });
    // `wait` shows how the shell ended.
    current.stream.on('error', () => undefined);
    await fit();
    await current.wait();
  };

  const keepOne = async (): Promise<void> => {
    for (let stillborn = 0; stillborn < mostStillborn;) {
      const began = monotonicMs();
      await runOne().catch((error: unknown) => {
        if (!closed) show(`\r\n[drill] the shell is gone: ${String(error)}\r\n`);
      });
      if (closed) return;
      stillborn = monotonicMs() - began < bornMs ? stillborn + 1 : 0;
      show('\r\n[drill] the shell has ended; here is a new one ("drill giveup" ends the drill)\r\n');
    }
    lost.resolve('the shell does not start');
  };
  keepOne().catch(lost.reject);

  return {
    lost: lost.promise,
    say: (text) => show(`\r\n[drill] ${text}\r\n`),
    ring(marker) {
      show('\u0007');
      transcript.marker(marker);
    },
    close() {
      closed = true;
      terminal.close();
    },
  };
}
