import type { Robot } from './robot.ts';

/** Has never seen Drillbook: it tries what strangers try, and then gives up. Nothing of that may break the drill. */
export const stranger: Robot = async (screen) => {
  for (const line of ['help', 'ls', 'docker ps', 'drill', 'drill help', 'drill found', 'drill nonsense', 'status'])
    await screen.run(line);
  // Half a line, and Ctrl-C.
  await screen.prompt();
  screen.type('docker compose resta\u0003');
  await screen.run('echo "ă → 日本" | cat; stty size; exit 3');
  await screen.bell();
  await screen.run('drill page');
  await screen.run('drill hint');
  await screen.run('drill note I do not know where to look');
  await screen.run('drill giveup');
};
