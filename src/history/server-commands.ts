/**
 * Commands that change the whole of Redis or other clients' connections, as `INFO commandstats` names them. Reading is
 * never among them, and neither is anything that BullMQ does.
 */
export const serverCommands = [
  'flushall',
  'flushdb',
  'swapdb',
  'config|set',
  'config|rewrite',
  'config|resetstat',
  'client|kill',
  'client|pause',
  'script|flush',
  'script|kill',
  'function|flush',
  'acl|setuser',
  'acl|deluser',
  'acl|load',
  'replicaof',
  'slaveof',
  'failover',
  'debug',
] as const;
