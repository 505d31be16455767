/** A parsed request to the Engine API. */
export interface EngineRequest {
  readonly method: string;
  /** For example `1.41`; undefined if the path names none, which means the engine's newest. */
  readonly version: string | undefined;
  /** The path after the version, e.g. `['containers', 'redis', 'json']`. */
  readonly segments: readonly string[];
  /** The parameters; none occurs twice. */
  readonly query: ReadonlyMap<string, string>;
}

/** Before this version, `start` accepted a host configuration, and with it mounts and privileges. */
const oldestVersion = [1, 24] as const;
const longestTarget = 16_384;

/**
 * Parses the method and target of a request line. Accepts only what every reader understands in the same way: no
 * escapes
 * in the path, no empty segments, no dots, no parameter twice. Returns the problem otherwise; never throws.
 */
export function parseEngineRequest(
  method: string,
  target: string,
): { readonly request: EngineRequest } | { readonly problem: string } {
  if (!/^[A-Z]{1,16}$/.test(method)) return { problem: 'the method is not a plain word' };
  if (target.length > longestTarget) return { problem: 'the path is too long' };
  // Node and the engine would read a byte beyond ASCII as different characters.
  if (!/^[\x21-\x7e]*$/.test(target)) return { problem: 'the path has characters that no request line has' };
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  if (!path.startsWith('/')) return { problem: 'the path does not begin with a slash' };
  if (!/^[A-Za-z0-9._:@/-]*$/.test(path)) return { problem: 'the path has characters that no path of the engine has' };
  const segments = path.slice(1).split('/');
  if (segments.some((segment) => segment === '' || /^\.+$/.test(segment)))
    return { problem: 'the path has empty or dotted segments' };
  const version = /^v(\d{1,2})\.(\d{1,3})$/.exec(segments[0] ?? '');
  if (version && isOlder(Number(version[1]), Number(version[2])))
    return { problem: `API version ${version[1]}.${version[2]} is older than ${oldestVersion.join('.')}` };
  const query = parseQuery(mark < 0 ? '' : target.slice(mark + 1));
  if (!query) return { problem: 'the query cannot be read in one way only' };
  const plain = version ? `${version[1]}.${version[2]}` : undefined;
  return { request: { method, version: plain, segments: version ? segments.slice(1) : segments, query } };
}

/** Writes the target for the engine from the parsed request. */
export function formatTarget({ version, segments, query }: EngineRequest): string {
  const path = `/${[...(version === undefined ? [] : [`v${version}`]), ...segments].join('/')}`;
  const parameters = new URLSearchParams([...query]).toString();
  return parameters === '' ? path : `${path}?${parameters}`;
}

function isOlder(major: number, minor: number): boolean {
  return major < oldestVersion[0] || (major === oldestVersion[0] && minor < oldestVersion[1]);
}

function parseQuery(text: string): ReadonlyMap<string, string> | undefined {
  const query = new Map<string, string>();
  for (const pair of text.split('&').filter((part) => part !== '')) {
    const equals = pair.indexOf('=');
    const [key, value] = [
      decode(equals < 0 ? pair : pair.slice(0, equals)),
      decode(equals < 0 ? '' : pair.slice(equals + 1)),
    ];
    if (key === undefined || value === undefined || !/^[A-Za-z0-9_-]+$/.test(key) || query.has(key)) return undefined;
    query.set(key, value);
  }
  return query;
}

function decode(text: string): string | undefined {
  if (text.includes(';')) return undefined;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
