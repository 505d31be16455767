import type { Fault } from './fault.ts';
import { prove } from './prove.ts';

const mebi = 1024 * 1024;
/** Exit status of a process that SIGKILL ended. */
const killed = 128 + 9;

/**
 * The kernel kills a process that needs more memory than its container may use. The fault lowers the limit of the
 * running container. A new container has the compose file's own limit again.
 */
export const memoryExhausted: Fault<'memory-exhausted', 'sandbox' | 'addJobs' | 'queues'> = {
  summarise: ({ service, limit }) => `${service} may use ${Math.round(limit / mebi)} MiB and needs more`,
  async inject({ service, limit, jobs }, { sandbox, addJobs, queues }, signal) {
    // The restart follows at once, and a restarted container no longer shows how it died. The engine's events do.
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
        `the out-of-memory kill of ${service}`,
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
