/**
 * MANIFEST.XML of the national portability archive: what its sender says that it holds.
 *
 * @see ANS, Portabilité des données LGC (ans.fhir.fr.pdlgc 0.1.0, draft of 2 July 2026): logical model PDLGCManifest
 */
import { childAt, childrenOf, type XmlElement } from '#xml'

export interface Manifest {
  readonly exportId: string | undefined
  readonly type: 'UNITAIRE' | 'CIBLE' | 'MASSIF' | undefined
  readonly status: 'COMPLETE' | 'PARTIAL' | 'SAMPLE' | undefined
  readonly patientArchives: number | undefined
  readonly archives: readonly ManifestArchive[]
}

export interface ManifestArchive {
  /** `PAT00001`, `TRANSV` */
  readonly name: string
  readonly isOfPatient: boolean
  readonly sizeBytes: number | undefined
  /** hex, SHA-256 */
  readonly hash: string | undefined
}

const TYPES = ['UNITAIRE', 'CIBLE', 'MASSIF'] as const
const STATUSES = ['COMPLETE', 'PARTIAL', 'SAMPLE'] as const

export function parseManifest(root: XmlElement): Manifest {
  const text = (name: string) => childAt(root, name)?.text.trim() || undefined
  const archives = [...childrenOf(childAt(root, 'Archives'), 'Archive'), ...childrenOf(root, 'Archive')]
  return {
    exportId: text('exportId'),
    type: TYPES.find((type) => type === text('exportType')),
    status: STATUSES.find((status) => status === text('exportStatus')),
    patientArchives: numberOf(text('PatientArchiveCount')),
    archives: archives.map(archiveOf),
  }
}

function archiveOf(archive: XmlElement): ManifestArchive {
  const text = (name: string) => childAt(archive, name)?.text.trim() || undefined
  const hash = text('hash')?.toLowerCase()
  return {
    name: text('archiveid') ?? text('archiveId') ?? text('nom') ?? '',
    isOfPatient: /^patient$/i.test(text('type') ?? ''),
    sizeBytes: numberOf(text('size')),
    hash: hash !== undefined && /^[0-9a-f]{64}$/.test(hash) ? hash : undefined,
  }
}

function numberOf(written: string | undefined): number | undefined {
  return written !== undefined && /^\d{1,15}$/.test(written) ? Number(written) : undefined
}
