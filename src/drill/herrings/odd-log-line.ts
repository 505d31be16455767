import type { Herring, HerringTarget } from './herring.ts';

const line = 'WARN the certificate of proxy-legacy expires in 9 days';
/** The fleet's own lines push it out of sight, so it comes again; real ms. */
const everyMs = 20_000;

/** A warning in the log of a service that has nothing to do with the incident. */
export const oddLogLine: Herring = {
  async plant(target) {
    await print(target);
    let printing: Promise<unknown> = Promise.resolve();
    const timer = setInterval(() => {
      // The player may have stopped the container. Its log then has no such line.
      printing = print(target).catch(() => undefined);
    }, everyMs);
    return {
      text: `"${line}" in the log of ${target.service}`,
      async remove() {
        clearInterval(timer);
        await printing;
      },
    };
  },
};

/** The first process of a container writes its log, so a line in its output is one of the log. */
function print({ sandbox, service }: HerringTarget): Promise<string> {
  return sandbox.exec(service, ['sh', '-c', 'printf "%s\\n" "$0" >/proc/1/fd/1', line]);
}
