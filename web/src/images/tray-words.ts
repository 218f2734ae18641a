/** A study of the tray in words, and its small picture. */
import { getTrayPreview, type TrayStudy } from '@couronne/practice/contract'
import { addressOf } from '#api'
import type { Messages } from '#messages'
import { modalityInWords, nameInHeader, teethInWords } from './image-words.ts'

const PREVIEW_PX = 256

/** Whom the header names; else how the file was called. */
export function namedInTray({ named, fileName }: TrayStudy, m: Messages): string {
  const words = nameInHeader(named, m)
  return words !== '' ? words : (fileName ?? m.images.namesNobody)
}

/** Panoramique, dents 36, 37, prise le 12/03/2024, 3 images */
export function traySort({ modalities, description, teeth, takenOn, instanceCount }: TrayStudy, m: Messages): string {
  const [modality] = modalities
  return [
    modality === undefined ? undefined : modalityInWords(modality, m),
    description,
    teethInWords(teeth, m),
    takenOn === undefined ? undefined : m.images.takenOn(takenOn.split('-').toReversed().join('/')),
    m.images.count(instanceCount),
  ]
    .filter((part) => part !== undefined)
    .join(', ')
}

export function trayPreview({ id: studyId, coverInstanceId: instanceId }: TrayStudy): string | undefined {
  if (instanceId === undefined) return undefined
  return addressOf(getTrayPreview, { params: { studyId, instanceId }, query: { size: PREVIEW_PX } })
}
