/** The same keys; a key whose value may be undefined becomes optional instead. */
export type Defined<T extends object> = {
  [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key];
} & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
};

/**
 * Drops the keys whose value is undefined: `{ id, ...defined({ line }) }` has a `line` only if there is one.
 * `exactOptionalPropertyTypes` and the recorded JSON both need the key to be absent.
 */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
