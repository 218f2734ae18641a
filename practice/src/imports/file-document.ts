/** A file of a source as a document of a record: sealed while it is read, and in the record when all of it is there. */
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Tx } from '#database'
import { appendUpload, beginUpload, finishUpload, isAsNamed, sniff } from '#documents'
import type { Actor, OpenPractice } from '#open-practice'
import { addEntry, parseBody, writingIn } from '#patients'
import { followedSource } from './followed-source.ts'

export interface FiledDocument {
  readonly patientId: string
  readonly path: string
  readonly about: Readonly<Record<string, unknown>>
  readonly source: string
}

const HEAD_BYTES = 1024 ** 2

/** @param within in the transaction in which the document comes into the record */
export async function fileDocument(
  practice: OpenPractice,
  actor: Actor,
  { patientId, path, about, source }: FiledDocument,
  within: (tx: Tx, entryId: string) => Promise<void>,
): Promise<void> {
  const { size } = await stat(path)
  const upload = await beginUpload(practice, { patientId, accountId: actor.accountId, fileName: basename(path), sizeBytes: size })
  await appendUpload(practice, upload.id, 0, createReadStream(path))
  await finishUpload(practice, upload.id, async (tx, { object }) => {
    const body = parseBody('document', { ...about, objectId: object.id, mediaType: object.mediaType, source })
    const entry = { patientId, kind: 'document', body, source: followedSource(source) } as const
    const { id } = await addEntry(writingIn(practice, actor, tx), entry)
    await within(tx, id)
  })
}

/** Whether a file's bytes are what its name says. */
export async function isFileAsNamed(path: string): Promise<boolean> {
  await using file = await open(path)
  const { size } = await file.stat()
  const readAt = async (offset: number, lengthBytes: number) => {
    const bytes = new Uint8Array(Math.max(0, Math.min(lengthBytes, size - offset)))
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset)
    return bytes.subarray(0, bytesRead)
  }
  return isAsNamed(await sniff({ head: await readAt(0, HEAD_BYTES), sizeBytes: size, readAt }), basename(path))
}
