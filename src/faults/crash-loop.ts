import type { Fault } from './fault.ts';
import { prove } from './prove.ts';

const restartsThatProveALoop = 2;

/**
 * A file in the container's own layer makes the process exit at each start. A restart keeps the layer, and so the
 * fault. Only a new container clears it.
 */
export const crashLoop: Fault<'crash-loop', 'sandbox'> = {
  summarise: ({ service, path }) => `${service} exits at every start because of ${path}`,
  async inject({ service, path, content }, { sandbox }, signal) {
    const before = await sandbox.find(service);
    const broken = await sandbox.containerId(service);
    const heal = async (): Promise<void> => {
      const isNew = (await sandbox.find(service)) !== undefined && (await sandbox.containerId(service)) !== broken;
      if (!isNew) await sandbox.recreate(service);
    };
    await sandbox.putFile(service, path, content);
    await sandbox.restart(service);
    return prove(
      `the restart loop of ${service}`,
      async () => {
        const found = await sandbox.find(service);
        const restarts = (found?.restarts ?? 0) - (before?.restarts ?? 0);
        return restarts >= restartsThatProveALoop
          ? `the engine restarted ${found?.name} ${restarts} times, last exit status ${found?.exitCode}`
          : undefined;
      },
      heal,
      signal,
    );
  },
};
