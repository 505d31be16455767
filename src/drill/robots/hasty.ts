import type { Robot } from './robot.ts';

/** Restarts everything at the first bell and calls it resolved. What this harms must be found. */
export const hasty: Robot = async (screen) => {
  await screen.bell();
  await screen.run('drill ack');
  await screen.run('docker compose restart');
  await screen.run('drill resolved');
};
