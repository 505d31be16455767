import type { Fault } from './fault.ts';
import { prove } from './prove.ts';

const mebi = 1024 * 1024;
/** Exit status of a process that was ended by SIGKILL. */
const killed = 128 + 9;

/**
 * The kernel kills a process that needs more memory than its container may use. The limit is lowered on the running
 * container, as somebody does who wants to save; a new container has the compose file's own limit again.
 */
export const memoryExhausted: Fault<'memory-exhausted'> = {
  summarise: ({ service, limit }) => `${service} may use ${Math.round(limit / mebi)} MiB and needs more`,
  async inject({ service, limit, jobs }, { sandbox, addJobs, queues }, signal) {
    // Once it is restarted the container no longer says how it died, and that is soon: the engine's events tell.
    const seen = { oom: false, exitCode: 0 };
    const over = new AbortController();
    await sandbox.watchEvents((event) => {
      if (event.service !== service) return;
      if (event.action === 'oom') seen.oom = true;
      if (event.action === 'die') seen.exitCode = event.exitCode ?? 0;
    }, over.signal);
    try {
      const heal = await sandbox.limitMemory(service, limit);
      try {
        await addJobs({ ...jobs, queues });
      } catch (error) {
        await heal();
        throw error;
      }
      return await prove(
        `the kernel's killing of ${service}`,
        () =>
          Promise.resolve(seen.oom && seen.exitCode === killed ? `out of memory, exit status ${killed}` : undefined),
        heal,
        signal,
        60_000,
      );
    } finally {
      over.abort();
    }
  },
};
