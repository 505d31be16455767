import type { Robot } from './robot.ts';

/** Sits before the terminal and does nothing. */
export const idle: Robot = async (screen) => {
  while (screen.isOpen) await screen.pause(1000);
};
