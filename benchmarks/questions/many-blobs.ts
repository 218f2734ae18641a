/** A repository whose index names millions of blobs, as one of several terabytes has; the packs themselves are not there. */
import { randomBytes } from 'node:crypto'
import { openRepository } from '@couronne/vault'
import { PASSWORD } from '../tools.ts'

/** As both restic and ours do. */
const BLOBS_PER_INDEX_FILE = 50_000
/** A pack of 16 MiB, blobs of 1.2 MiB. */
const BLOBS_PER_PACK = 14
const BLOB_BYTES = 1_200_000
const ID_BYTES = 32

/** Writes index files with so many blobs into an empty repository. */
export async function fillIndex(folder: string, blobs: number): Promise<void> {
  await using repository = await openRepository(folder, { password: PASSWORD })
  for (let done = 0; done < blobs; done += BLOBS_PER_INDEX_FILE) {
    await repository.objects.saveUnpacked('index', indexFile(Math.min(BLOBS_PER_INDEX_FILE, blobs - done)))
  }
}

function indexFile(blobs: number): Uint8Array {
  const packs: string[] = []
  for (let done = 0; done < blobs; done += BLOBS_PER_PACK) packs.push(pack(Math.min(BLOBS_PER_PACK, blobs - done)))
  return Buffer.from(`{"packs":[${packs.join(',')}]}`)
}

function pack(blobs: number): string {
  const ids = randomBytes(ID_BYTES * (blobs + 1)).toString('hex')
  const id = (i: number) => ids.slice(i * ID_BYTES * 2, (i + 1) * ID_BYTES * 2)
  const entries = Array.from({ length: blobs }, (_, i) => {
    const length = BLOB_BYTES + i
    return `{"id":"${id(i)}","type":"data","offset":${i * (BLOB_BYTES + blobs)},"length":${length},"uncompressed_length":${length + 100_000}}`
  })
  return `{"id":"${id(blobs)}","blobs":[${entries.join(',')}]}`
}
