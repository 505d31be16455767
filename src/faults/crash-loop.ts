import type { Fault } from './fault.ts';
import { prove } from './prove.ts';

const restartsThatProveALoop = 2;

/**
 * A file in the container's own layer makes the process exit at each start. A restart keeps the layer, and so the
 * fault; only a new container clears it.
 */
export const crashLoop: Fault<'crash-loop'> = {
  summarise: ({ service, path }) => `${service} exits at every start because of ${path}`,
  async inject({ service, path, content }, { sandbox }, signal) {
    const stateOf = async () => (await sandbox.containers()).find((container) => container.service === service);
    const before = await stateOf();
    const broken = await sandbox.containerId(service);
    const heal = async (): Promise<void> => {
      const mended = (await stateOf()) !== undefined && (await sandbox.containerId(service)) !== broken;
      if (!mended) await sandbox.recreate(service);
    };
    await sandbox.putFile(service, path, content);
    await sandbox.restart(service);
    return prove(
      `the restart loop of ${service}`,
      async () => {
        const found = await stateOf();
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
