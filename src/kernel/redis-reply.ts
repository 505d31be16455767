/** How redis-cli prints an error for a person. It puts values in quotes then, so a value cannot look like it. */
const forPerson = /^(?: *\d+\) )*\(error\) (.+)$/m;
/** How it prints an error for a program: with a blank line after it, which no value has. */
const forProgram =
  /^((?:ERR|WRONGTYPE|WRONGPASS|NOAUTH|NOPERM|OOM|READONLY|MISCONF|LOADING|BUSY|BUSYKEY|BUSYGROUP|NOSCRIPT|NOGROUP|EXECABORT|UNKILLABLE|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|CROSSSLOT|MOVED|ASK|TRYAGAIN|INPROG|NOGOODSLAVE|UNBLOCKED|NOPROTO) .*)\n\n/m;
const refusedPassword = /^AUTH failed: (.+)$/m;

/** The error that Redis replied. redis-cli prints it and still ends with 0. */
export function errorReply(output: string): string | undefined {
  return (forPerson.exec(output) ?? forProgram.exec(output) ?? refusedPassword.exec(output))?.[1];
}
