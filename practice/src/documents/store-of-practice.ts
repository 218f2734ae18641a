/** Which store a practice has. */
import { join } from 'node:path'
import type { OpenPractice } from '#open-practice'
import { folderStore } from './folder-store.ts'
import type { ObjectStore } from './object-store.ts'
import { openS3Store } from './s3-store.ts'

const stores = new WeakMap<OpenPractice, ObjectStore>()

/** The practice's store: a bucket where its installation names one, else a folder beside its database. */
export function objectStoreOf(practice: OpenPractice): ObjectStore {
  const found = stores.get(practice)
  if (found !== undefined) return found
  const { documents } = practice
  const made =
    documents === undefined
      ? folderStore(join(documentsFolder(practice), 'objects'))
      : openS3Store(documents.address, { prefix: practice.id, environment: documents.environment })
  stores.set(practice, made)
  return made
}

/** Where uploads wait, and objects lie unless they are in a bucket. */
export function documentsFolder(practice: OpenPractice): string {
  return join(practice.folder, 'documents')
}
