/** True if a person watches this stream on a terminal, so that colours and redrawn lines help. */
export function useColor(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true && !process.env['CI'] && !process.env['NO_COLOR'];
}
