/** The value of a JSON text; undefined when it is none: what stands in the database or in a file may have been changed by anybody. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
