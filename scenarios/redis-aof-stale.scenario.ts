import { defineScenario } from '../src/index.ts';

/** As after a power failure: jobs that were done in that time are done again, and those that came in it are gone. */
export default defineScenario({
  id: 'redis-aof-stale',
  title: 'Redis comes back as it was 10 s before; the fleet goes on, and only what was not on disk is gone',
  fault: { kind: 'redis-aof-stale', by: '10s' },
  selfHealing: true,
  health: { queues: 'all', services: ['redis'] },
  jobs: { unsynced: true },
});
