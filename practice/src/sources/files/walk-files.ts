/** All that lies below a folder, in an order that stays: each file, and what is no file, with the reason. */
import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Refusal } from '../findings.ts'

export interface FoundFile {
  /** from the top, with `/` between names */
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedAt: Temporal.Instant
  /** why it becomes nothing */
  readonly refusal?: Refusal
}

const DEPTH_MAX = 50
/** What systems leave behind. */
const LEFTOVERS = /^(thumbs\.db|ehthumbs\.db|desktop\.ini|\.ds_store|\._.*|~\$.*|\.couronne.*)$/i
const NOWHEN = Temporal.Instant.fromEpochMilliseconds(0)

export async function* walkFiles(top: string, path = '', depth = 0): AsyncGenerator<FoundFile> {
  const entries = await readdir(join(top, path), { withFileTypes: true }).catch(() => undefined)
  if (entries === undefined) {
    yield refused(path, 'not-readable')
    return
  }
  for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const at = path === '' ? entry.name : `${path}/${entry.name}`
    if (!entry.isDirectory()) yield await look(top, at, entry)
    else if (depth < DEPTH_MAX) yield* walkFiles(top, at, depth + 1)
    else yield refused(at, 'file-path-wrong')
  }
}

/** A link leads elsewhere; a name that is no UTF-8 opens nothing; pipes and devices never end. */
async function look(top: string, path: string, entry: Dirent): Promise<FoundFile> {
  if (LEFTOVERS.test(entry.name)) return refused(path, 'kind-unknown')
  if (entry.isSymbolicLink()) return refused(path, 'file-path-wrong')
  if (!entry.isFile() || entry.name.includes('\u{fffd}')) return refused(path, 'not-readable')
  const found = await stat(join(top, path)).catch(() => undefined)
  if (found === undefined || found.size === 0) return refused(path, 'not-readable')
  return { path, sizeBytes: found.size, modifiedAt: Temporal.Instant.fromEpochMilliseconds(Math.floor(found.mtimeMs)) }
}

function refused(path: string, refusal: Refusal): FoundFile {
  return { path, sizeBytes: 0, modifiedAt: NOWHEN, refusal }
}
