import type { FaultFixture } from './fault-fixture.ts';

interface Seen {
  /** `answered` once `wanted` bytes have come, `closed`, an error code, or `silence` when the patience ended. */
  readonly end: string;
  readonly bytes: number;
  /** Sandbox ms. */
  readonly ms: number;
}

/**
 * Connects from the api's container, writes the text (JavaScript) and waits for the answer. It shares no code with the
 * faults' own proofs.
 */
export async function askInApi(
  { runInApi }: FaultFixture,
  address: string,
  { text = '"PING\\r\\n\\r\\n"', wanted = 1, patienceMs = 60_000 } = {},
): Promise<Seen> {
  const printed = await runInApi(`
    const [host, port] = ${JSON.stringify(address)}.split(":");
    const began = performance.now();
    let bytes = 0;
    const end = (how) => {
      console.log(JSON.stringify({ end: how, bytes, ms: performance.now() - began }));
      process.exit(0);
    };
    const socket = require("node:net").connect(port, host, () => socket.write(${text}));
    socket.on("data", (data) => ((bytes += data.length) >= ${wanted} ? end("answered") : undefined));
    socket.once("error", (error) => end(error.code));
    socket.once("end", () => end("closed"));
    setTimeout(() => end("silence"), ${patienceMs});`);
  return JSON.parse(printed) as Seen;
}

/** Makes Redis echo so many bytes, as JavaScript for `askInApi`. */
export function echo(bytes: number): { readonly text: string; readonly wanted: number } {
  return { text: `"*2\\r\\n$4\\r\\nECHO\\r\\n$${bytes}\\r\\n" + "x".repeat(${bytes}) + "\\r\\n"`, wanted: bytes };
}
