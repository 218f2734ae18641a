/** What people make of an export's folder: an archive that holds that folder. Tables are looked for at the top. */
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { newId } from '#database'

const TABLE = /\.(csv|tsv)$/i
/** What a Macintosh puts beside. */
const BESIDE = '__MACOSX'

/** The content of the one folder that lies there, where tables lie in it, comes to the top; anything else stays as it is. */
export async function liftTables(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true })
  const [only, ...others] = entries.filter(({ name }) => name !== BESIDE)
  if (only?.isDirectory() !== true || others.length > 0) return
  const names = await readdir(join(folder, only.name))
  if (!names.some((name) => TABLE.test(name))) return
  const aside = join(folder, newId())
  await rename(join(folder, only.name), aside)
  for (const name of names) if (name !== BESIDE) await rename(join(aside, name), join(folder, name))
  await rm(aside, { recursive: true })
}
