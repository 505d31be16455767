/**
 * The replies to the commands of a Redis pipeline, in their order.
 * @throws the first error among the replies
 */
export function repliesOf(results: readonly (readonly [Error | null, unknown])[] | null): readonly unknown[] {
  return (results ?? []).map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
}
