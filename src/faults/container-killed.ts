import type { Fault } from './fault.ts';
import { prove } from './prove.ts';

/**
 * SIGKILL through the Engine API. The engine does not apply the restart policy to a kill, so the container stays
 * down.
 */
export const containerKilled: Fault<'container-killed', 'sandbox'> = {
  summarise: ({ service }) => `SIGKILL of ${service}`,
  async inject({ service }, { sandbox }, signal) {
    const heal = async (): Promise<void> => {
      const found = await sandbox.find(service);
      if (!found) await sandbox.recreate(service);
      else if (found.state !== 'running') await sandbox.start(service);
    };
    await sandbox.kill(service, 'SIGKILL');
    const injected = await prove(
      `the death of ${service}`,
      async () => {
        const found = await sandbox.find(service);
        return found?.state === 'exited' ? `${found.name} is exited with status ${found.exitCode}` : undefined;
      },
      heal,
      signal,
    );
    const { proof } = injected;
    return proof.tookEffect ? { ...injected, proof: { ...proof, gone: [service] } } : injected;
  },
};
