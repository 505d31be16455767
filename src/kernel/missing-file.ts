/** Whether a file operation failed because the path does not exist. A file where the path needs a folder counts too. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/**
 * `await readFile(file).catch(orUndefinedIfMissing)` is undefined if there is no such file.
 * @throws every other error, unchanged
 */
export function orUndefinedIfMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
  return undefined;
}
