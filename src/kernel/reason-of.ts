/** The message of a thrown value. JavaScript can throw anything, so a value that is no error becomes its own text. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
