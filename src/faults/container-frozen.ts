import type { Fault } from './fault.ts';
import { prove } from './prove.ts';

/** Freezes all processes of a container. After their lock time the jobs that they hold count as stalled. */
export const containerFrozen: Fault<'container-frozen', 'sandbox'> = {
  summarise: ({ service }) => `${service} is frozen`,
  async inject({ service }, { sandbox }, signal) {
    await sandbox.setFrozen(service, true);
    return prove(
      `the freezing of ${service}`,
      async () => {
        const found = await sandbox.find(service);
        return found?.state === 'paused' ? `${found.name} is frozen` : undefined;
      },
      async () => {
        if ((await sandbox.find(service))?.state === 'paused') await sandbox.setFrozen(service, false);
      },
      signal,
    );
  },
};
