import { isDeepStrictEqual } from 'node:util';

/** A JSON object that a client or Compose sent. */
export type Body = Readonly<Record<string, unknown>>;

/** Why two bodies differ, apart from the `free` fields; undefined if they do not. Empty and missing are equal. */
export function fieldProblem(prefix: string, body: Body, recorded: Body, free: readonly string[]): string | undefined {
  for (const key of new Set([...Object.keys(body), ...Object.keys(recorded)])) {
    if (free.includes(key)) continue;
    if (!isDeepStrictEqual(normalise(body[key]), normalise(recorded[key])))
      return `${prefix}${key} is not as in the compose file`;
  }
  return undefined;
}

/** Why `value` has a key that `recorded` does not have with the same content; undefined if it has none. */
export function subsetProblem(field: string, value: unknown, recorded: unknown): string | undefined {
  const [now, then] = [asObject(value), asObject(recorded)];
  const odd = Object.keys(now).find(
    (key) => !Object.hasOwn(then, key) || !isDeepStrictEqual(normalise(now[key]), normalise(then[key])),
  );
  return odd === undefined ? undefined : `${field} has ${odd}, which the compose file does not`;
}

/**
 * Leaves out empty values at every depth, because the engine treats `null`, `[]`, `""`, `0` and `false` as missing. An
 * entry whose value is `{}` stays: in `ExposedPorts` and similar fields the key alone has a meaning.
 */
function normalise(value: unknown): unknown {
  if (Array.isArray(value))
    return value.length === 0 ? undefined : value.map((item) => (isObject(item) ? (normalise(item) ?? {}) : item));
  if (!isObject(value)) return isEmpty(value) ? undefined : value;
  const kept = Object.entries(value)
    .map(([key, item]) => [key, isObject(item) && Object.keys(item).length === 0 ? {} : normalise(item)] as const)
    .filter(([, item]) => item !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.every((item) => item === 0);
  return isObject(value) && Object.values(value).every(isEmpty);
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asObject(value: unknown): Body {
  return isObject(value) ? value : {};
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** Enough of a value to recognise it in a message. */
export function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
