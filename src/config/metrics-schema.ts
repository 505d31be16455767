/** What the configuration says about the fleet's metrics, and about the Prometheus that reads them in production. */
import { z } from 'zod';

import { duration } from './duration-schema.ts';

const target = z.strictObject({
  /** The `job` label of its series. */
  job: z.string().min(1),
  /** Its service in the compose file. */
  service: z.string().min(1),
  port: z.int().positive(),
  /** @default '/metrics' */
  path: z.string().startsWith('/', 'expected a path such as /metrics').default('/metrics'),
});

export const metrics = z.strictObject({
  /**
   * `scrape_interval` of production.
   * @default '15s'
   */
  scrapeInterval: duration.prefault('15s'),
  /**
   * `scrape_timeout` of production.
   * @default '10s'
   */
  scrapeTimeout: duration.prefault('10s'),
  /**
   * `evaluation_interval` of production, for rule groups that state none.
   * @default '1m'
   */
  evaluationInterval: duration.prefault('1m'),
  /**
   * What is scraped, besides `/metrics` of the service `api`.
   * @default []
   */
  targets: z.array(target).default([]),
});
