type Words = readonly (string | undefined)[];

/**
 * Whether a command surely changes nothing. Only a few well-known forms count, so that nothing else is excused. A
 * word that an expansion decides is undefined.
 */
export function readsOnly([name, ...args]: Words): boolean {
  const rule = name === undefined ? undefined : rules.get(name.replace(/^.*\//, ''));
  return rule?.(args) ?? false;
}

const always = (): boolean => true;
const rules: ReadonlyMap<string, (args: Words) => boolean> = new Map([
  ['redis-cli', redisCli],
  ['curl', curl],
  ['nc', (args: Words) => args.some((arg) => /^-[a-z]*z[a-z]*$/.test(arg ?? ''))],
  ['node', (args: Words) => args.length === 1 && (args[0] === '--version' || args[0] === '-v')],
  ...['cat', 'df', 'du', 'free', 'id', 'ls', 'pgrep', 'printenv', 'ps', 'stat', 'true', 'uptime'].map(
    (name) => [name, always] as const,
  ),
]);

const redisValued = /^(?:-[hpsauni]|-r|--user|--pass)$/;
const redisFlag = /^(?:--raw|--no-raw|--csv|--json|--no-auth-warning|--tls|-[c23e])$/;
const redisReads = new Set(
  (
    'ping info dbsize get mget strlen llen lrange lindex hget hmget hgetall hkeys hlen scard smembers sismember zcard ' +
    'zcount zrange zrangebyscore zscore exists ttl pttl type keys scan xlen xrange time role lastsave'
  ).split(' '),
);
/** Commands whose second word decides. */
const redisReadsSecond: ReadonlyMap<string, RegExp> = new Map([
  ['config', /^get$/i],
  ['client', /^(?:list|info|id|getname)$/i],
  ['memory', /^(?:usage|stats|doctor)$/i],
  ['slowlog', /^(?:get|len)$/i],
  ['latency', /^(?:latest|history|doctor)$/i],
  ['cluster', /^(?:info|nodes)$/i],
]);

function redisCli(args: Words): boolean {
  let at = 0;
  for (; args[at]?.startsWith('-'); at += 1) {
    if (redisValued.test(args[at] ?? '')) at += 1;
    else if (!redisFlag.test(args[at] ?? '')) return false;
  }
  const [verb = '', second = ''] = [args[at]?.toLowerCase(), args[at + 1]];
  return redisReads.has(verb) || (redisReadsSecond.get(verb)?.test(second) ?? false);
}

const curlFlag = /^(?:-[sSfiIvLk]+|--silent|--show-error|--fail|--include|--head|--verbose|--location|--insecure)$/;
const curlValued = /^(?:-m|--max-time|--connect-timeout|-w|--write-out|-H|--header)$/;

/** A GET or HEAD. Any option that is not known might send, write or overwrite something. */
function curl(args: Words): boolean {
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at];
    if (arg === undefined) return false;
    if (curlValued.test(arg) || ((arg === '-o' || arg === '--output') && args[at + 1] === '/dev/null')) at += 1;
    else if (arg.startsWith('-') && !curlFlag.test(arg)) return false;
  }
  return args.length > 0;
}
