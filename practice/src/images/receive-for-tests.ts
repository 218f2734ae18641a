/** For tests: a practice that receives, and what it has kept, read back from the disk. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeFileMeta, isDicomFile } from '@couronne/formats'
import { findObjectKey, openSealed } from '#documents'
import type { OpenPractice } from '#open-practice'
import type { TestPractice } from '#testing'
import { imageContext } from './keep-image.ts'
import { RECEPTION_LIMITS, type ReceptionLimits } from './reception/limits.ts'
import { Reception, type ReceptionFlags } from './reception/reception.ts'
import type { InstanceRow } from './store.ts'

export const SAMPLES = join(import.meta.dirname, '../../../samples/dicom')

/** Every file of the samples, DICOM or not, by its path below them. */
export function sampleFiles(): readonly string[] {
  return globSync('**/*', { cwd: SAMPLES, withFileTypes: true })
    .filter((each) => each.isFile() && each.name !== 'LICENCES.md')
    .map((each) => join(each.parentPath, each.name))
    .toSorted()
}

/** Those that can be sent: DICOM files but the DICOMDIR. */
export function sendableFiles(): readonly Buffer[] {
  return sampleFiles()
    .filter((path) => !path.endsWith('DICOMDIR'))
    .map((path) => readFileSync(path))
    .filter(isDicomFile)
}

export function receive(
  practice: () => OpenPractice | undefined,
  flags: Partial<ReceptionFlags> = {},
  limits: Partial<ReceptionLimits> = {},
): Promise<Reception> {
  return Reception.start({
    practice,
    flags: { host: '127.0.0.1', port: 0, aeTitle: 'COURONNE', ...flags },
    certificate: async (tls) => {
      if (tls === 'local') throw new Error('no local certificate here')
      return { key: readFileSync(tls.keyFile, 'utf8'), cert: readFileSync(tls.certFile, 'utf8') }
    },
    onError: (error) => {
      throw error
    },
    limits: { ...RECEPTION_LIMITS, ...limits },
  })
}

export function instancesOf({ practice }: Pick<TestPractice, 'practice'>): Promise<InstanceRow[]> {
  return practice.db.selectFrom('image_instance').selectAll().orderBy('id').execute()
}

/** The file as it was kept, opened from its sealed file. */
export async function keptFile(practice: OpenPractice, row: InstanceRow): Promise<Buffer> {
  const key = await findObjectKey(practice, row.study_id)
  if (key === undefined) throw new Error('no key')
  const sealing = { key, context: imageContext(practice.id, row.id) }
  const stream = await openSealed(practice, { sealedName: row.sealed_name, plainBytes: row.size_bytes }, sealing)
  return Buffer.concat(await Array.fromAsync(stream))
}

/** What of a file is the device's own. */
export function dataSetOf(file: Buffer): Buffer {
  return file.subarray(decodeFileMeta(file)?.dataSetOffset ?? 0)
}
