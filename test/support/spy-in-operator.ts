import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Prints all data in Redis. It reads only, so a Redis without memory runs it too. */
const dumpRedis = `#!lua flags=no-writes,allow-oom
local out = {}
for _, key in ipairs(redis.call("KEYS", "*")) do
  local kind, value = redis.call("TYPE", key).ok, nil
  if kind == "string" then value = redis.call("GET", key)
  elseif kind == "hash" then value = redis.call("HGETALL", key)
  elseif kind == "list" then value = redis.call("LRANGE", key, 0, -1)
  elseif kind == "set" then value = redis.call("SMEMBERS", key)
  elseif kind == "zset" then value = redis.call("ZRANGE", key, 0, -1)
  elseif kind == "stream" then value = redis.call("XRANGE", key, "-", "+") end
  out[#out + 1] = { key, value }
end
return out`;

/** The parts of the look, each with a command that prints it. */
const parts = {
  redis: `timeout 10 redis-cli -h redis EVAL "$DUMP" 0
    printf '%s\\n' "INFO all" "CLIENT LIST" "CONFIG GET *" "SLOWLOG GET 200" "ACL LOG" | timeout 3 redis-cli -h redis`,
  metrics: 'curl -s --max-time 3 localhost:64000/metrics',
  files: `mounts=$(awk '$5 != "/" && $5 !~ /^\\/(proc|sys|dev)(\\/|$)/ { print $5 }' /proc/self/mountinfo)
    find $mounts -xdev 2>/dev/null
    find $mounts -xdev -type f -readable -print0 2>/dev/null | xargs -0r cat`,
  processes: `cat /proc/[0-9]*/environ | tr '\\0' '\\n'; cat /proc/[0-9]*/cmdline | tr '\\0' ' '; cat /proc/self/mountinfo`,
  containers: 'docker ps --all --no-trunc; docker inspect $(docker ps --all --quiet); docker compose top',
  networks: 'docker network ls --no-trunc; docker network inspect $(docker network ls --quiet)',
  volumes: 'docker volume ls; docker volume inspect $(docker volume ls --quiet)',
  engine: 'docker info; for each in $(docker ps --all --quiet); do docker diff $each; done',
  // The client's clock is real. What `date` says lies in its future, and it would wait for that.
  events: 'docker events --since 1h --until 0s',
  logs: 'docker compose logs --no-color',
};

export type Part = keyof typeof parts;

/** All that a program in the operator of a sandbox can find out, by part. */
export async function spyInOperator(project: string): Promise<ReadonlyMap<Part, string>> {
  const names = Object.keys(parts) as Part[];
  const seen = await Promise.all(names.map(async (name) => [name, await runInOperator(project, parts[name])] as const));
  return new Map(seen);
}

/** Runs a command in the operator and returns what it printed, whatever its exit code. */
export async function runInOperator(project: string, command: string): Promise<string> {
  const argv = ['exec', '--env', `DUMP=${dumpRedis}`, `${project}-operator`, 'bash', '-c', `exec 2>&1; ${command}; :`];
  return (await promisify(execFile)('docker', argv, { maxBuffer: 1024 ** 3, timeout: 60_000 })).stdout;
}
