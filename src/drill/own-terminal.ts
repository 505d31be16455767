import type { ReadStream, WriteStream } from 'node:tty';

import type { Terminal, TerminalHandlers } from './terminal.ts';

/** Modes that a program may have left on: keypad, mouse, bracketed paste, hidden cursor, colours. */
const resetModes =
  '\u001b[?1l\u001b>\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?2004l\u001b[?25h\u001b[0m';
const otherScreen = { enter: '\u001b[?1049h', leave: '\u001b[?1049l' } as const;

/**
 * The terminal of this process. It is in raw mode only between `open` and `close`, and it is given back on every exit
 * of the process that runs its exit handlers.
 */
export function createOwnTerminal(stdin: ReadStream, stdout: WriteStream): Terminal {
  let handlers: TerminalHandlers | undefined;
  let onOtherScreen = false;
  const onData = (keys: Uint8Array): void => handlers?.onKeys(keys);
  const onEnd = (): void => handlers?.onEnd();
  const size = () => ({ rows: stdout.rows, cols: stdout.columns });
  const onResize = (): void => handlers?.onResize(size());

  const close = (): void => {
    if (!handlers) return;
    handlers = undefined;
    stdin.off('data', onData).off('end', onEnd);
    stdout.off('resize', onResize);
    process.off('exit', close);
    stdin.setRawMode(false);
    stdin.pause();
    stdout.write(`${onOtherScreen ? otherScreen.leave : ''}${resetModes}\r\n`);
  };

  return {
    size,
    write(output) {
      const text = typeof output === 'string' ? output : Buffer.from(output).toString('latin1');
      const [entered, left] = [text.lastIndexOf(otherScreen.enter), text.lastIndexOf(otherScreen.leave)];
      if (entered !== left) onOtherScreen = entered > left;
      stdout.write(output);
    },
    open(given) {
      handlers = given;
      process.once('exit', close);
      stdin.setRawMode(true);
      stdin.on('data', onData).on('end', onEnd).resume();
      stdout.on('resize', onResize);
    },
    close,
  };
}
