import type Docker from 'dockerode';

import { findContainer } from './find-container.ts';
import type { ContainerBreakage } from './sandbox.ts';
import { tarOf } from './tar.ts';

export function breakContainers(docker: Docker, id: string): ContainerBreakage {
  const find = (service: string): Promise<Docker.Container> => findContainer(docker, id, service);
  return {
    async kill(service, signal) {
      await (await find(service)).kill({ signal });
    },
    async restart(service) {
      await (await find(service)).restart({ t: 1 });
    },
    async start(service) {
      await (await find(service)).start();
    },
    async setFrozen(service, frozen) {
      const container = await find(service);
      await (frozen ? container.pause() : container.unpause());
    },
    async putFile(service, file, content) {
      await (await find(service)).putArchive(tarOf(file, content), { path: '/' });
    },
    async limitMemory(service, bytes) {
      const container = await find(service);
      const { Memory, MemorySwap } = (await container.inspect()).HostConfig;
      // Without a swap limit the kernel would swap a process that needs more, not kill it.
      await container.update({ Memory: bytes, MemorySwap: bytes });
      return async () => {
        // Every container of a sandbox has a limit, its own or the configuration's, so there is one to put back.
        if ((await find(service)).id === container.id) await container.update({ Memory, MemorySwap });
      };
    },
  };
}
