/**
 * The same stream, its first piece read. No generator: one that was never asked for anything ends without a word to what it stands on, and
 * whoever goes away before the first byte would leave the file open, which ends the program when the garbage is collected.
 */
export async function primed(stream: AsyncGenerator<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  let first: IteratorResult<Uint8Array> | undefined = await stream.next()
  const rest: AsyncIterator<Uint8Array> = {
    next: async () => {
      const result = first ?? (await stream.next())
      first = undefined
      return result
    },
    return: () => stream.return(undefined),
  }
  return { [Symbol.asyncIterator]: () => rest }
}
