/**
 * Heads kept outside of the database, one a line, in `journal-heads.jsonl` beside it. Whoever writes the whole chain anew must change these
 * too, and those in every backup and package that left the practice, which nobody can.
 */
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { parseJson } from './parse-json.ts'
import type { JournalHead } from './record.ts'

export const JOURNAL_HEADS_FILE = 'journal-heads.jsonl'

const lineSchema = z.object({ practiceId: z.string(), seq: z.int().min(1), hash: z.string().length(64), at: z.string() })

/** Appends a head, on disk before it returns. An empty journal has none. */
export async function keepHead(folder: string, practiceId: string, head: JournalHead, now: Temporal.Instant): Promise<void> {
  if (head.seq === 0) return
  const line = { practiceId, seq: head.seq, hash: head.hash, at: now.toString({ smallestUnit: 'millisecond' }) }
  await using file = await open(join(folder, JOURNAL_HEADS_FILE), 'a+', 0o600)
  await file.writeFile(`${(await isTorn(file)) ? '\n' : ''}${JSON.stringify(line)}\n`)
  await file.sync()
}

/** Whether the last line has no end: what is written behind it would be lost with it. */
async function isTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat()
  if (size === 0) return false
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] !== 0x0a
}

/** The heads that were kept; a line that a power cut has torn is passed over. */
export async function keptHeads(folder: string, practiceId: string): Promise<readonly JournalHead[]> {
  let text: string
  try {
    text = await readFile(join(folder, JOURNAL_HEADS_FILE), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return text.split('\n').flatMap((line) => {
    const parsed = lineSchema.safeParse(parseJson(line))
    return parsed.success && parsed.data.practiceId === practiceId ? [{ seq: parsed.data.seq, hash: parsed.data.hash }] : []
  })
}
