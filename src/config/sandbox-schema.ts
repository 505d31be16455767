/** What the configuration allows a sandbox: hosts outside, and shares of the machine. */
import { z } from 'zod';

import { size } from '../kernel/size.ts';

/** A host outside that the sandbox may reach. It can reach no other. */
export const allowedHost = z.strictObject({
  host: z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'expected a host name such as "api.example.com"'),
  port: z.int().min(1).max(65_535),
  /** The host's address, if its name must not be looked up. */
  address: z.ipv4().optional(),
});

const mebi = 1024 * 1024;

/** The most that the operator, in which procedures run, may use. */
export const operatorLimits = z.strictObject({
  /** @default '512m' */
  memory: size.default(512 * mebi),
  /** @default 512 */
  processes: z.int().min(32).default(512),
  /** @default '256m' */
  disk: size.default(256 * mebi),
});

/** The most that each container of the fleet may use. */
export const fleetLimits = z.strictObject({
  /** @default '4g' */
  memory: size.default(4096 * mebi),
  /** @default 4096 */
  processes: z.int().min(32).default(4096),
  /**
   * For all containers of the fleet together.
   * @default '4g'
   */
  disk: size.default(4096 * mebi),
});
