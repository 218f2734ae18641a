/**
 * A study of images in the record: a panoramic radiograph, a retro-alveolar one, a cone beam volume. The room `images` keeps its bytes and makes
 * these entries from what the header says; title, teeth, justification and the like are corrected here. The files themselves never change.
 */
import { z } from 'zod'
import { line } from '#text'
import { kind, linksTo } from './kind.ts'
import { idSchema, idsSchema, noteSchema, partialDaySchema, toothSchema } from './parts.ts'

const measureSchema = z.number().min(0).max(1_000_000)

export const imagingStudySchema = z.strictObject({
  /** of the room `images` */
  studyId: idSchema,
  /** StudyInstanceUID; absent where the header does not read */
  studyUid: z
    .string()
    .regex(/^[0-9.]{1,64}$/)
    .optional(),
  /** as DICOM abbreviates it: IO, PX, DX, CT, XC; OT where it says nothing */
  modality: line(16),
  title: line(300),
  takenOn: partialDaySchema.optional(),
  teeth: z.array(toothSchema).max(52).default([]),
  bodyPart: line(64).optional(),
  practitionerId: idSchema.optional(),
  /** why the rays were worth it (Code de la santé publique R1333-46): what the report must say */
  justification: noteSchema.optional(),
  device: z
    .strictObject({
      manufacturer: line(100).optional(),
      model: line(100).optional(),
      serialNumber: line(100).optional(),
    })
    .optional(),
  /** as the device says it */
  dose: z
    .strictObject({
      /** dose area product */
      areaProductMgyCm2: measureSchema.optional(),
      tubeVoltageKv: measureSchema.optional(),
      exposureTimeMs: measureSchema.optional(),
    })
    .optional(),
  procedureId: idSchema.optional(),
  /** documents that say what is to be seen */
  reportIds: idsSchema,
  note: noteSchema.optional(),
})

export const imagingStudyKind = kind({
  schema: imagingStudySchema,
  class: 'documents',
  about: (body) => ({ on: body.takenOn, practitionerId: body.practitionerId, code: body.modality }),
  links: (body) => [...linksTo('procedure', body.procedureId), ...linksTo('document', ...body.reportIds)],
  fixed: ['studyId', 'studyUid'],
})
