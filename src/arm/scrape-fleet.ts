import type { MetricsStretch } from '../history/metrics-writer.ts';
import { kindOf, parseSeries } from '../telemetry/parse-exposition.ts';
import { watchMetrics, type MetricsTarget, type ScrapeSeen } from '../telemetry/watch-metrics.ts';
import type { ReachedFleet } from './fleet-session.ts';

/** Scrapes the fleet's metrics at production's interval until it is stopped, and writes what it sees to `stretch`. */
export async function scrapeFleet(fleet: ReachedFleet, stretch: MetricsStretch): Promise<{ stop(): Promise<void> }> {
  const { sandbox, config } = fleet;
  const { scrapeInterval, scrapeTimeout } = config.metrics;
  return watchMetrics({
    targets: await targetsOf(fleet),
    clock: sandbox.clock,
    intervalMs: scrapeInterval,
    timeoutMs: scrapeTimeout,
    record: (scrape) => write(scrape, stretch),
  });
}

async function targetsOf({ sandbox, config }: ReachedFleet): Promise<readonly MetricsTarget[]> {
  const { metrics, services, ports } = config;
  const own = { job: services.api, service: services.api, port: ports.api, path: '/metrics' };
  return Promise.all(
    [own, ...metrics.targets].map(async ({ job, service, port, path }) => {
      const address = await sandbox.address(service, port);
      return { job, instance: `${service}:${port}`, url: `http://${address.host}:${address.port}${path}` };
    }),
  );
}

function write({ target, s, tookMs, outcome }: ScrapeSeen, stretch: MetricsStretch): void {
  const scrape = { target: target.job, instance: target.instance, s, tookMs };
  if ('message' in outcome) {
    stretch.write({ ...scrape, failed: outcome });
    return;
  }
  const { values, kinds } = outcome;
  const describe = (series: string) => {
    const { name, labels } = parseSeries(series);
    // As Prometheus does it: the target's own labels win, and what the series said is kept under another name.
    const { job, instance, ...others } = labels;
    const renamed = {
      ...(job === undefined ? {} : { exported_job: job }),
      ...(instance === undefined ? {} : { exported_instance: instance }),
    };
    return {
      name,
      labels: { ...others, ...renamed, job: target.job, instance: target.instance },
      kind: kindOf(name, kinds),
    };
  };
  stretch.write({ ...scrape, values, describe });
}
