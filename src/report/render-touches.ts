import { plainText } from '../kernel/plain-text.ts';
import type { RunReport, ScenarioReport } from '../verdict/run-report.ts';

/** What the procedures of each scenario touched, as its `touches` states it: to read, correct and paste. */
export function renderTouches({ scenarios }: Pick<RunReport, 'scenarios'>): string {
  return `${['', ...scenarios.map(describe)].join('\n')}\n`;
}

function describe({ id, touched }: ScenarioReport): string {
  if (!touched) return `// ${plainText(id)}: the record does not show what was touched`;
  const { services, servicesAtOnce, queues, redis } = touched;
  const keys = [
    ...(services.length > 0 ? [`services: ${list(services)}`] : []),
    ...(servicesAtOnce === undefined ? [] : [`servicesAtOnce: ${servicesAtOnce}`]),
    ...(queues.length > 0 ? [`queues: { names: ${list(queues)} }`] : []),
    ...(redis.length > 0 ? [`redis: ${list(redis)}`] : []),
  ];
  return keys.length === 0 ? `// ${plainText(id)}: nothing` : `// ${plainText(id)}\ntouches: { ${keys.join(', ')} },`;
}

function list(names: readonly string[]): string {
  return `[${names.map((name) => `'${plainText(name).replaceAll(/['\\]/g, '\\$&')}'`).join(', ')}]`;
}
