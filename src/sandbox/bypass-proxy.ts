/**
 * Makes the HTTP calls of this process to `host` go there directly. If NODE_USE_ENV_PROXY=1 is set, Node sends each
 * `fetch` through the proxy that HTTP_PROXY names, unless NO_PROXY lists the host. No proxy reaches this machine's
 * loopback.
 */
export function bypassProxy(host: string): void {
  for (const name of ['no_proxy', 'NO_PROXY']) {
    const hosts = (process.env[name] ?? '').split(',').filter((entry) => entry !== '');
    if (!hosts.includes(host)) process.env[name] = [...hosts, host].join(',');
  }
}
