import type { Fault } from './fault.ts';
import { prove } from './prove.ts';

/** The processes of a container stand still. Past their lock the jobs that they hold are anybody's: they are stalled. */
export const containerFrozen: Fault<'container-frozen'> = {
  summarise: ({ service }) => `${service} is frozen`,
  async inject({ service }, { sandbox }, signal) {
    const stateOf = async () => (await sandbox.containers()).find((container) => container.service === service);
    await sandbox.setFrozen(service, true);
    return prove(
      `the standstill of ${service}`,
      async () => {
        const found = await stateOf();
        return found?.state === 'paused' ? `${found.name} is frozen` : undefined;
      },
      async () => {
        if ((await stateOf())?.state === 'paused') await sandbox.setFrozen(service, false);
      },
      signal,
    );
  },
};
