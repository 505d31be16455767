import { Redis } from 'ioredis';

import { pollUntil } from '../../kernel/poll-until.ts';
import { startRedis } from '../../sandbox/testing/start-redis.ts';

export interface LoadingRedis extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Waits until another client has learned that loading will take long, then ends the loading at once. */
  finishOnceAsked(): Promise<void>;
}

/**
 * A real Redis that loads its file, estimates that this takes more than 10 s, and is then done much earlier. That is
 * the longest time for which ioredis believes the estimate unless it is told otherwise.
 */
export async function startLoadingRedis(): Promise<LoadingRedis> {
  const redis = await startRedis(['--key-load-delay', '5000', '--loading-process-events-interval-bytes', '1024']);
  const connect = (): Redis => new Redis({ ...redis.address(), enableReadyCheck: false });
  const filler = connect();
  await filler.eval(`for index = 1, 20000 do redis.call('SET', index, index) end`, 0);
  await filler.save();
  filler.disconnect();
  await redis.container.restart();
  const control = connect();
  await pollUntil(async () => Number(/loading_eta_seconds:(\d+)/.exec(await control.info())?.[1]) > 10, {
    what: 'an estimate of more than 10 s',
    withinMs: 15_000,
  });
  return {
    ...redis.address(),
    async finishOnceAsked() {
      const hasAsked = async (): Promise<boolean> =>
        String(await control.client('LIST'))
          .split('\n')
          .filter((line) => line.includes('cmd=info')).length > 0;
      await pollUntil(hasAsked, { what: 'a client that asks', withinMs: 10_000 });
      await control.config('SET', 'key-load-delay', '0');
    },
    async [Symbol.asyncDispose]() {
      control.disconnect();
      await redis[Symbol.asyncDispose]();
    },
  };
}
