import { findLivingDrill } from '../drill/find-living-drill.ts';
import { readPastDrills } from '../drill/past-drills.ts';
import { observeDrill } from '../live/observe/observe-drill.ts';
import { askToStop, requireLiving } from './drill-stop.ts';
import type { Flags } from './options.ts';

export const observeOptions = ['port', 'json'] as const;

/** Serves the page of the drill that is being played, until the drill or the user ends it. */
export async function observe({ port, json }: Flags<(typeof observeOptions)[number]>): Promise<void> {
  const directory = process.cwd();
  const living = await requireLiving(directory);
  const closing = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => closing.abort());
  await observeDrill({
    directory: living.directory,
    port,
    isLiving: async () => (await findLivingDrill(directory))?.directory === living.directory,
    stop: async () => askToStop(living),
    findPar: (scenario, timeScale) => findPar(directory, scenario, timeScale),
    onOpen(urls) {
      process.stdout.write(json ? `${JSON.stringify(urls)}\n` : describe(urls.spectator, urls.observer));
    },
    signal: closing.signal,
  });
}

function describe(spectator: string, observer: string): string {
  return [
    `for spectators: ${spectator}`,
    `for observers:  ${observer}`,
    'Spectators see what the player may know. Observers see the truth and can stop the drill, so keep their address.',
    'Ctrl-C closes the page, and the drill goes on.',
    '',
  ].join('\n');
}

/** The newest par of this scenario at this rate. Par of another rate is none. */
async function findPar(directory: string, scenario: string, timeScale: number) {
  const past = await readPastDrills(directory);
  const pars = past.flatMap((debrief) => {
    const realMs = debrief.par?.ok ? debrief.par.sinceFault?.realMs : undefined;
    const isLike = debrief.scenario?.id === scenario && debrief.timeScale === timeScale;
    return isLike && realMs !== undefined ? [{ run: debrief.run, realMs }] : [];
  });
  return pars.at(-1);
}
