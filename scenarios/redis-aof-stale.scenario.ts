import { defineScenario } from '../src/index.ts';

/** As after a power failure: jobs completed in the lost 10 s run again, and jobs added in them are gone. */
export default defineScenario({
  id: 'redis-aof-stale',
  title: 'Redis restarts with data that is 10 s old; the fleet continues, and only unsaved jobs are lost',
  fault: { kind: 'redis-aof-stale', by: '10s' },
  selfHealing: true,
  health: { queues: 'all', services: ['redis'] },
  jobs: { unsynced: true },
});
