// Runs in the container whose network the operator shares, and serves the api's ports on its localhost.
// A port is open only while the api accepts connections, like a port that the engine publishes. So a dead api refuses
// connections. It does not let them hang, and it does not answer with nothing.
import { connect, createServer } from 'node:net';

/** @type {{ host: string, ports: number[] }} */
const { host, ports } = JSON.parse(process.env.RELAY ?? '{}');

/** Between two looks at the api, ms. */
const everyMs = 100;
/** An api that has not accepted a connection by then does not accept any, ms. */
const withinMs = 1000;
const mostConnections = 256;

for (const port of ports) serve(port);
process.once('SIGTERM', () => process.exit(0));

/** @param {number} port */
function serve(port) {
  /** @type {Map<string, import('node:net').Server>} */
  const listening = new Map();
  const open = () => {
    for (const address of ['127.0.0.1', '::1']) {
      if (listening.has(address)) continue;
      const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, relay);
      server.maxConnections = mostConnections;
      listening.set(address, server);
      // There may be no IPv6, or a program in the operator may use the port. The next look tries again.
      server.on('error', () => listening.get(address) === server && listening.delete(address));
      server.listen(port, address);
    }
  };
  const close = () => {
    for (const server of listening.values()) server.close();
    listening.clear();
  };
  /** @param {import('node:net').Socket} client */
  const relay = (client) => {
    let isThrough = false;
    const api = connect({ host, port, family: 4, allowHalfOpen: true, noDelay: true, timeout: withinMs });
    api.on('timeout', () => !isThrough && api.destroy(new Error('no connection')));
    api.on('connect', () => {
      isThrough = true;
      api.setTimeout(0);
      client.pipe(api);
      api.pipe(client);
    });
    api.on('error', () => {
      if (!isThrough) close();
      client.resetAndDestroy();
    });
    // What the api said last may still be on its way to the client.
    api.on('close', () => client.destroySoon());
    client.on('error', () => api.destroy());
    client.on('close', () => api.destroy());
  };
  const look = () => {
    const api = connect({ host, port, family: 4, timeout: withinMs });
    const next = (/** @type {() => void} */ act) => {
      act();
      api.removeAllListeners().on('error', () => undefined);
      api.destroy();
      setTimeout(look, everyMs);
    };
    api.once('connect', () => next(open));
    api.once('timeout', () => next(close));
    api.once('error', () => next(close));
  };
  look();
}
