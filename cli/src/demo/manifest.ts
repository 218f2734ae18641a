/**
 * What a folder holds, to the byte: taken before it is destroyed and after it is restored, the two say whether everything came back.
 * It looks at the disk itself and knows nothing of backups, so that it cannot share their mistakes.
 */
import { createHash } from 'node:crypto'
import { createReadStream, lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/** Facts of an entry by its path under the folder (bytes as latin1): everything that a restore must bring back. */
export type Manifest = ReadonlyMap<string, string>

/** Takes stock of a folder. Times in nanoseconds, contents by SHA-256, hard links by the first path of the group. */
export async function takeManifest(folder: string): Promise<Manifest> {
  const manifest = new Map<string, string>()
  const groups = new Map<string, string>()
  const visit = async (path: string, under: string): Promise<void> => {
    const bytes = Buffer.from(path, 'latin1')
    const stat = lstatSync(bytes, { bigint: true })
    const facts = [(stat.mode & 0o177777n).toString(8), stat.uid, stat.gid, stat.mtimeNs]
    if (stat.isSymbolicLink()) facts.push(`-> ${readlinkSync(bytes, { encoding: 'latin1' })}`)
    if (stat.isFile()) facts.push(stat.size, await contentHash(bytes), linkGroup(groups, stat.ino, stat.nlink, under))
    manifest.set(under, facts.join(' '))
    if (!stat.isDirectory()) return
    for (const name of readdirSync(bytes, { encoding: 'latin1' }).sort()) await visit(`${path}/${name}`, `${under}/${name}`)
  }
  await visit(Buffer.from(folder).toString('latin1'), '')
  return manifest
}

/** Paths that differ between two manifests, with what differs. */
export function compareManifests(before: Manifest, after: Manifest): string[] {
  const differences: string[] = []
  for (const [path, facts] of before) {
    const now = after.get(path)
    if (now === undefined) differences.push(`${path}: missing`)
    else if (now !== facts) differences.push(`${path}: was ${facts}, is ${now}`)
  }
  for (const path of after.keys()) if (!before.has(path)) differences.push(`${path}: was not there`)
  return differences
}

async function contentHash(path: Buffer): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

function linkGroup(groups: Map<string, string>, inode: bigint, links: bigint, under: string): string {
  if (links < 2n) return ''
  const first = groups.get(String(inode)) ?? under
  groups.set(String(inode), first)
  return `= ${first}`
}
