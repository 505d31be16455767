import { expect, test } from 'vitest';

import { pollUntil } from '../../../kernel/poll-until.ts';
import type { FaultFixture } from '../fault-fixture.ts';

const spec = { kind: 'redis-aof-stale', by: 20_000 } as const;
const appendonly = async ({ fleet }: FaultFixture): Promise<string | undefined> =>
  ((await fleet.redis.config('GET', 'appendonly')) as string[])[1];
const whenItStopsWriting = (fixture: FaultFixture): Promise<true> =>
  pollUntil(async () => (await appendonly(fixture)) === 'no' || undefined, {
    what: 'the end of the append-only file',
    withinMs: 10_000,
  });
const runId = async ({ fleet }: FaultFixture): Promise<string | undefined> =>
  /run_id:(\w+)/.exec(await fleet.redis.info('server'))?.[1];

/** Its effect shows only in writes from before and during the injection, so it has no `FaultCase`. */
export function testRedisAofStale(fixture: () => FaultFixture): void {
  test('keeps earlier writes and loses those in the meantime; Redis answers afterwards', async () => {
    const { fleet, inject } = fixture();
    await fleet.redis.set('before', '1');
    const injecting = inject(spec);
    await whenItStopsWriting(fixture());
    await fleet.redis.set('meanwhile', '1');
    const fault = await injecting;
    expect(fault.proof).toEqual({
      tookEffect: true,
      evidence: expect.stringContaining('20 s before its death') as string,
    });
    expect([await fleet.redis.exists('before'), await fleet.redis.exists('meanwhile')]).toEqual([1, 0]);
    expect(await appendonly(fixture())).toBe('yes');
    await fault.heal();
    expect(await fleet.redis.ping()).toBe('PONG');
  });

  test('an interrupt before the kill heals it, and Redis is the same process', async () => {
    const interrupt = new AbortController();
    const before = await runId(fixture());
    const injecting = fixture().inject(spec, interrupt.signal);
    await whenItStopsWriting(fixture());
    interrupt.abort(new Error('interrupted'));
    await expect(injecting).rejects.toThrow('interrupted');
    expect([await appendonly(fixture()), await runId(fixture())]).toEqual(['yes', before]);
  });

  test('an interrupt beforehand changes nothing', async () => {
    const abort = AbortSignal.abort(new Error('interrupted'));
    await expect(fixture().inject(spec, abort)).rejects.toThrow('interrupted');
    expect(await appendonly(fixture())).toBe('yes');
  });
}
