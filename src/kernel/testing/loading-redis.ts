import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/**
 * Answers as Redis does that is still loading its file, and says that this will take 18 s; asked for the third time it is done. A real one was
 * seen to say so of a file of 14 MB that took about a second.
 */
export async function startLoadingRedis(): Promise<AsyncDisposable & { readonly host: string; readonly port: number }> {
  let asked = 0;
  const answer = (command: string): string => {
    if (/^ping$/im.test(command)) return '+PONG\r\n';
    if (!/^info$/im.test(command)) return '+OK\r\n';
    asked += 1;
    const info = asked < 3 ? 'loading:1\r\nloading_eta_seconds:18\r\n' : 'loading:0\r\n';
    return `$${info.length}\r\n${info}\r\n`;
  };
  const server = createServer((socket) => {
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const command of text.split(/^\*\d+\r\n/m).slice(1)) socket.write(answer(command));
    });
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    await closed;
  };
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: close };
}
