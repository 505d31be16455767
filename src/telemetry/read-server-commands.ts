import type { Redis } from 'ioredis';

import type { ServerCommandCounts } from '../history/events.ts';
import { serverCommands } from '../history/server-commands.ts';
import { repliesOf } from '../kernel/pipeline-replies.ts';

/**
 * How often this process of Redis was given each command that changes all of it.
 * @throws Error if Redis does not answer
 */
export async function readServerCommands(redis: Redis): Promise<ServerCommandCounts> {
  const [server, stats] = repliesOf(await redis.pipeline().info('server').info('commandstats').exec()) as [
    string,
    string,
  ];
  const calls = serverCommands.flatMap((name) => {
    const line = stats.split('\r\n').find((text) => text.startsWith(`cmdstat_${name}:`));
    return line === undefined ? [] : [[name, Number(/calls=(\d+)/.exec(line)?.[1])] as const];
  });
  return { runId: /^run_id:(\w+)/m.exec(server)?.[1] ?? '', calls: Object.fromEntries(calls) };
}
