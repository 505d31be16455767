import type { StartedTestContainer } from 'testcontainers';

import { imageOf, testContainer } from './beside-sandbox.ts';

export interface TestRedis extends AsyncDisposable {
  readonly container: StartedTestContainer;
  address(): { readonly host: string; readonly port: number };
}

/** A real Redis without a fleet. */
export async function startRedis(options: readonly string[] = []): Promise<TestRedis> {
  const container = await testContainer(await imageOf('redis'))
    .withCommand(['redis-server', '--save', '', '--protected-mode', 'no', ...options])
    .withExposedPorts(6379)
    .start();
  return {
    container,
    // A restart may give it another port.
    address: () => ({ host: container.getHost(), port: container.getMappedPort(6379) }),
    [Symbol.asyncDispose]: () => container[Symbol.asyncDispose](),
  };
}
