/** Uploads that are given up, by somebody or by time, and what crashes left of uploads. */
import { readdir } from 'node:fs/promises'
import type { OpenPractice } from '#open-practice'
import { deleteDocumentKey } from './document-keys.ts'
import { makeFolder } from './folder-store.ts'
import { deleteUpload, findStoredUpload, listLooseKeys, listUploadsUntouchedSince, type UploadFacts } from './store.ts'
import { removeUploadFile } from './upload-file.ts'
import {
  dropWhatIsLeft,
  getStoredUpload,
  hold,
  isHeld,
  pathOf,
  removeUnlessReferenced,
  uploadsFolder,
  type Within,
} from './upload-parts.ts'

const ABANDONED_AFTER = Temporal.Duration.from({ hours: 7 * 24 })

/** Gives an upload up. */
export async function abandonUpload(practice: OpenPractice, uploadId: string, within?: Within<UploadFacts>): Promise<void> {
  using _held = hold(uploadId)
  await giveUp(practice, uploadId, within)
}

async function giveUp(practice: OpenPractice, uploadId: string, within?: Within<UploadFacts>): Promise<void> {
  const upload = await getStoredUpload(practice, uploadId)
  await practice.db.transaction().execute(async (tx) => {
    await deleteUpload(tx, practice.id, uploadId)
    await within?.(tx, upload)
  })
  // It is given up, whatever becomes of what nobody needs: the sweep takes it away later.
  await dropWhatIsLeft(practice, uploadId).catch(() => {})
  if (upload.findings !== undefined) await removeUnlessReferenced(practice, upload.findings.sealedName).catch(() => {})
}

/** Takes away uploads that nobody has touched for seven days, and what crashes left. @returns how many uploads */
export async function removeAbandonedUploads(practice: OpenPractice): Promise<number> {
  const listAbandoned = () => listUploadsUntouchedSince(practice.db, practice.id, practice.now().subtract(ABANDONED_AFTER))
  let count = 0
  for (const uploadId of await listAbandoned()) {
    if (isHeld(uploadId)) continue
    using _held = hold(uploadId)
    if (!(await listAbandoned()).includes(uploadId)) continue // somebody came back to it meanwhile
    await giveUp(practice, uploadId)
    count++
  }
  const loose = new Set(await listLooseKeys(practice.db, practice.id))
  for (const name of await uploadFiles(practice)) loose.add(name.slice(0, name.indexOf('.')))
  for (const id of loose) {
    if (isHeld(id) || (await findStoredUpload(practice.db, practice.id, id)) !== undefined) continue
    using _held = hold(id)
    await removeUploadFile(pathOf(practice, id))
    if ((await listLooseKeys(practice.db, practice.id)).includes(id)) await deleteDocumentKey(practice.db, practice.id, id)
  }
  return count
}

async function uploadFiles(practice: OpenPractice): Promise<readonly string[]> {
  const folder = uploadsFolder(practice)
  await makeFolder(folder)
  return (await readdir(folder)).filter((name) => /^[0-9a-f-]{36}\.sealed(\.new)?$/.test(name))
}
