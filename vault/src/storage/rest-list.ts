/**
 * The list of a REST server, read entry by entry: what is none is refused where it stands, and a list of a hundred megabytes is never a
 * hundred million values in memory.
 */

/** So much is made text at a time; no entry is longer. */
const WINDOW_BYTES = 64 * 1024
const STRING = String.raw`"(?:[^"\\]|\\.)*"`
const BEGIN = /^\s*(?:null\s*$|\[\s*(\]\s*$)?)/
const ENTRY = new RegExp(String.raw`\s*(\{(?:[^{}"]|${STRING})*\}|${STRING})\s*([,\]])`, 'ys')

/**
 * The values of a JSON array of flat objects and strings; of `null`, which some servers send for nothing, none.
 * @throws {SyntaxError} where it is something else
 */
export function* parseList(body: Uint8Array): Generator<unknown, void, undefined> {
  const decoder = new TextDecoder()
  let read = 0
  const more = () => {
    const window = body.subarray(read, read + WINDOW_BYTES)
    read += window.length
    return decoder.decode(window, { stream: read < body.length })
  }
  let text = more()
  const [begin, isEmpty] = BEGIN.exec(text) ?? []
  if (begin === undefined) throw new SyntaxError('the list is no JSON array')
  if (isEmpty !== undefined || !begin.trimStart().startsWith('[')) return
  let at = begin.length
  for (let hasMore = true; hasMore; ) {
    ENTRY.lastIndex = at
    let found = ENTRY.exec(text)
    if (found === null && read < body.length && text.length - at < WINDOW_BYTES) {
      text = text.slice(at) + more()
      at = 0
      ENTRY.lastIndex = 0
      found = ENTRY.exec(text)
    }
    const [whole, entry, end] = found ?? []
    if (whole === undefined) throw new SyntaxError('an entry of the list is neither an object nor a string')
    yield JSON.parse(entry!)
    at += whole.length
    hasMore = end === ','
  }
  for (let rest = text.slice(at); ; rest = more()) {
    if (rest.trim() !== '') throw new SyntaxError('something follows the list')
    if (read === body.length) return
  }
}
