/** A file of a source as a document of a record: sealed while it is read, and in the record when all of it is there. */
import { createHash } from 'node:crypto'
import type { Tx } from '#database'
import { abandonUpload, appendUpload, beginUpload, finishUpload, isAsNamed, sniff } from '#documents'
import type { Actor, OpenPractice } from '#open-practice'
import { addEntry, parseBody, writingIn } from '#patients'
import type { ExpectedFile, SourceFile } from '#sources'
import { followedSource } from './followed-source.ts'

export interface FiledDocument {
  readonly patientId: string
  readonly file: SourceFile
  readonly fileName: string
  readonly about: Readonly<Record<string, unknown>>
  readonly source: string
}

const HEAD_BYTES = 1024 ** 2

/** @param within in the transaction in which the document comes into the record @throws what reading the file throws: nothing of it is kept */
export async function fileDocument(
  practice: OpenPractice,
  actor: Actor,
  { patientId, file, fileName, about, source }: FiledDocument,
  within: (tx: Tx, entryId: string) => Promise<void>,
): Promise<void> {
  const { accountId } = actor
  const upload = await beginUpload(practice, { patientId, accountId, fileName, sizeBytes: file.sizeBytes })
  try {
    await appendUpload(practice, upload.id, 0, file.stream())
    await finishUpload(practice, upload.id, async (tx, { object }) => {
      const body = parseBody('document', { ...about, objectId: object.id, mediaType: object.mediaType, source })
      const entry = { patientId, kind: 'document', body, source: followedSource(source) } as const
      const { id } = await addEntry(writingIn(practice, actor, tx), entry)
      await within(tx, id)
    })
  } catch (error) {
    await abandonUpload(practice, upload.id).catch(() => {}) // or the sweep takes it away later
    throw error
  }
}

/** Whether a file's bytes are what its name says. */
export async function isFileAsNamed(file: SourceFile, name: string): Promise<boolean> {
  const { sizeBytes } = file
  const readAt = (offset: number, lengthBytes: number) => file.readAt(offset, lengthBytes)
  return isAsNamed(await sniff({ head: await readAt(0, HEAD_BYTES), sizeBytes, readAt }), name)
}

/** Whether a file's bytes are those of which its source speaks. */
export async function isFileAsExpected(file: SourceFile, { sizeBytes, sha1, sha256 }: ExpectedFile): Promise<boolean> {
  if (sizeBytes !== undefined && sizeBytes !== file.sizeBytes) return false
  const wanted = Object.entries({ sha1, sha256 }).filter(([, hash]) => hash !== undefined)
  if (wanted.length === 0) return true
  const hashes = wanted.map(([name]) => createHash(name))
  for await (const piece of file.stream()) for (const hash of hashes) hash.update(piece)
  return hashes.every((hash, i) => hash.digest('hex') === wanted[i]?.[1])
}
