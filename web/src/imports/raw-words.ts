/** What a source has for a row, as a person reads it. Pure. */

/** Of a file its path; of a line of text the line. */
export function rawInWords(raw: string): string {
  return pathOf(raw) ?? raw
}

/** A folder of files gives each of them as its path and its bytes' numbers. */
function pathOf(raw: string): string | undefined {
  if (!raw.startsWith('{"path":')) return undefined
  try {
    const { path, sizeBytes } = JSON.parse(raw) as { readonly path?: unknown; readonly sizeBytes?: unknown }
    return typeof path === 'string' && typeof sizeBytes === 'number' ? path : undefined
  } catch {
    return undefined
  }
}
