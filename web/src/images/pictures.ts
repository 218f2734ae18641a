/** All pictures of a record in one list: studies, and documents that are pictures; newest day first. */
import { getDocumentPreview, getInstancePreview, type listStudies, type ReplyOf } from '@couronne/practice/contract'
import { addressOf } from '#api'
import type { Messages } from '#messages'
import { printShown, type Shown } from './addresses.ts'
import { modalityInWords, teethInWords } from './image-words.ts'

export interface PictureLine {
  readonly shown: Shown
  /** in addresses and lists */
  readonly key: string
  readonly entryId: string
  readonly title: string
  readonly sort: string
  readonly madeOn: string | undefined
  readonly teeth: readonly string[]
  readonly pictures: number
  /** absent: nothing of it can be drawn */
  readonly previewAddress?: string
}

type Listed = ReplyOf<typeof listStudies>
const PREVIEW_PX = 256

export function picturesOf(patientId: string, { studies, documents }: Listed, m: Messages): readonly PictureLine[] {
  const ofStudies = studies.map(({ id, entryId, entry, modalities, instanceCount, coverInstanceId }): PictureLine => {
    const shown = { kind: 'study', id } as const
    const params = { patientId, studyId: id, instanceId: coverInstanceId ?? '' }
    return {
      shown,
      key: printShown(shown),
      entryId,
      title: entry.title,
      sort: modalityInWords(entry.modality ?? modalities[0] ?? '', m),
      madeOn: entry.takenOn,
      teeth: entry.teeth,
      pictures: instanceCount,
      ...(coverInstanceId === undefined
        ? {}
        : { previewAddress: addressOf(getInstancePreview, { params, query: { size: PREVIEW_PX } }) }),
    }
  })
  const ofDocuments = documents.map(({ entryId, title, madeOn, teeth }): PictureLine => {
    const shown = { kind: 'document', id: entryId } as const
    return {
      shown,
      key: printShown(shown),
      entryId,
      title,
      sort: m.images.pictureDocument,
      madeOn,
      teeth,
      pictures: 1,
      previewAddress: addressOf(getDocumentPreview, { params: { patientId, entryId } }),
    }
  })
  return [...ofStudies, ...ofDocuments].toSorted((a, b) => (b.madeOn ?? '').localeCompare(a.madeOn ?? ''))
}

/** Panoramique, dents 36 et 37, 12/03/2024 */
export function pictureInWords(line: PictureLine, m: Messages): string {
  const day = line.madeOn?.split('-').toReversed().join('/')
  return [line.title, teethInWords(line.teeth, m), day ?? m.images.noDay].filter((part) => part !== undefined).join(', ')
}
