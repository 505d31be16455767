import type { Robot } from './robot.ts';

/** Knows the answer. It shows that a drill can be won, and that nothing is held against who plays well. */
export const perfect: Robot = async (screen, { knows }) => {
  await screen.bell();
  await screen.run('drill page');
  await screen.run('drill ack');
  if (!knows) {
    await screen.run('drill standdown');
    return;
  }
  await screen.run('drill declare');
  await screen.run(`drill found ${knows.section} ${knows.component} known beforehand`);
  for (const { code, answers } of knows.cure) await screen.paste(code, answers);
  // As a person would, it looks again before it calls the incident resolved.
  await screen.run(`sleep ${knows.lookAgainS}; docker compose ps --all`);
  await screen.run('drill resolved');
};
