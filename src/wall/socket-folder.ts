import { close as closeFile, constants, open } from 'node:fs';
import { chmod, mkdir, rm } from 'node:fs/promises';
import type { Server } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

const [openFile, closeDescriptor] = [promisify(open), promisify(closeFile)];

/**
 * Listens on a Unix socket in a folder; returns a function that stops.
 *
 * The path of a socket may have about a hundred characters, and the path of a checkout is often longer. On Linux the
 * socket is therefore named through this process's descriptor of the folder, which is a short path.
 */
export async function listenIn(server: Server, folder: string, name: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const socket = path.join(folder, name);
  await rm(socket, { force: true });
  const short = await openShort(folder);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path.join(short.own, name), () => resolve());
  });
  await chmod(socket, 0o600);
  return async () => {
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await rm(socket, { force: true });
    await short.close();
  };
}

/** A short path of a folder, for this process (`own`) and for the programs that it starts. Valid until it is closed. */
export async function openShort(
  folder: string,
): Promise<{ readonly own: string; readonly forOthers: string; close(): Promise<void> }> {
  if (process.platform !== 'linux') return { own: folder, forOthers: folder, close: async () => undefined };
  const descriptor = await openFile(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  return {
    own: `/proc/self/fd/${descriptor}`,
    forOthers: `/proc/${process.pid}/fd/${descriptor}`,
    close: () => closeDescriptor(descriptor),
  };
}
