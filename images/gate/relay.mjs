// An image of Drillbook's own: the relay, the only way into and out of a sandbox, whose networks have no other route.
// It runs in its own container and relays two kinds of connections, both fixed at its start:
// - `inward`: from Drillbook to the services it must reach, accepted on the host's side only;
// - `outward`: from the fleet to the hosts that the configuration allows, accepted on every network.
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * @type {{ outer: string, inward: { listen: number, host: string, port: number }[], outward: { listen: number, host:
 * string, port: number }[] }}
 */
const { outer, inward, outward } = JSON.parse(process.env.GATE ?? '{}');

/** @param {string} address */
const toNumber = (address) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const [base = '', bits = '32'] = outer.split('/');
const size = 2 ** (32 - Number(bits));
const door = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(
    ({ family, address }) =>
      family === 'IPv4' && Math.floor(toNumber(address) / size) === Math.floor(toNumber(base) / size),
  );
if (!door) throw new Error(`no address within ${outer}`);

// The inward ports listen on the host's side only, so that the fleet cannot see them.
for (const route of inward) relay(route, door.address);
for (const route of outward) relay(route, '0.0.0.0');
process.once('SIGTERM', () => process.exit(0));

/**
 * @param {{ listen: number, host: string, port: number }} route
 * @param {string} address
 */
function relay({ listen, host, port }, address) {
  createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const target = connect({ host, port, allowHalfOpen: true, noDelay: true });
    client.pipe(target);
    target.pipe(client);
    for (const [one, other] of [
      [client, target],
      [target, client],
    ]) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  }).listen(listen, address);
}
