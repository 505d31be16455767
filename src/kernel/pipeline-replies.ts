/**
 * What the commands of a Redis pipeline answered, in their order.
 * @throws the first error among the answers
 */
export function repliesOf(results: readonly (readonly [Error | null, unknown])[] | null): readonly unknown[] {
  return (results ?? []).map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
}
