/** What a pane steps through: frames of instances, or one document. */
import {
  getDocumentContent,
  getDocumentPreview,
  getInstanceContent,
  getInstancePreview,
  getTrayContent,
  getTrayPreview,
} from '@couronne/practice/contract'
import { addressOf, callForResponse } from '#api'
import type { Series } from './queries.ts'

/** Whose it is: a patient's, or nobody's yet. */
export type Owner = { readonly kind: 'patient'; readonly patientId: string } | { readonly kind: 'tray' }

/** One picture: what it is called in caches, and the ways to its bytes. */
export interface Step {
  /** of the file; several frames share it */
  readonly fileKey: string
  readonly kind: 'dicom' | 'document'
  /** from 0 */
  readonly frame: number
  readonly sizeBytes?: number
  /** hex, as it was when it was received */
  readonly sha256?: string
  readonly fetch: (signal: AbortSignal) => Promise<Response>
  /** the same picture, small, drawn by the server */
  readonly previewAddress: string
  readonly saveAddress: string
}

type Instance = Series['instances'][number]

export function stepsOfSeries(owner: Owner, studyId: string, series: Series): readonly Step[] {
  return series.instances.flatMap((instance) =>
    Array.from({ length: Math.max(instance.frames, 1) }, (_, frame) => stepOf(owner, studyId, instance, frame)),
  )
}

function stepOf(owner: Owner, studyId: string, { id: instanceId, sizeBytes, sha256 }: Instance, frame: number): Step {
  const common = { fileKey: instanceId, kind: 'dicom', frame, sizeBytes, sha256 } as const
  const query = { frame: frame + 1, size: 1_024 }
  if (owner.kind === 'tray') {
    const params = { studyId, instanceId }
    return {
      ...common,
      fetch: (signal) => callForResponse(getTrayContent, { params }, { signal }),
      previewAddress: addressOf(getTrayPreview, { params, query }),
      saveAddress: addressOf(getTrayContent, { params }),
    }
  }
  const params = { patientId: owner.patientId, studyId, instanceId }
  return {
    ...common,
    fetch: (signal) => callForResponse(getInstanceContent, { params }, { signal }),
    previewAddress: addressOf(getInstancePreview, { params, query }),
    saveAddress: addressOf(getInstanceContent, { params }),
  }
}

export function stepOfDocument(patientId: string, entryId: string): Step {
  const params = { patientId, entryId }
  return {
    fileKey: entryId,
    kind: 'document',
    frame: 0,
    fetch: (signal) => callForResponse(getDocumentContent, { params, query: {} }, { signal }),
    previewAddress: addressOf(getDocumentPreview, { params }),
    saveAddress: addressOf(getDocumentContent, { params, query: { download: 'true' } }),
  }
}
