/** A study of images: what it is, in the words of the record. Its bytes go with the images themselves. */
import type { EntryOf } from '#patients'
import {
  asCode,
  coding,
  idOf,
  metaOf,
  noteOf,
  patientReference,
  type Resource,
  referencesTo,
  type Surroundings,
  tooth,
} from '../parts.ts'
import { DICOM_CODES, DICOM_UID, own } from '../systems.ts'

type Body = NonNullable<EntryOf<'imagingStudy'>['body']>

export function mapImagingStudy(entry: EntryOf<'imagingStudy'>, body: Body, around: Surroundings): Resource {
  const { studyUid, studyId } = body
  return {
    resourceType: 'ImagingStudy',
    id: idOf(entry),
    meta: metaOf(entry),
    extension: extensions(body, around),
    identifier: [
      studyUid === undefined ? undefined : { system: DICOM_UID, value: `urn:oid:${studyUid}` },
      { system: own('study'), value: studyId },
    ],
    status: entry.state === 'withdrawn' ? 'entered-in-error' : 'available',
    modality: [coding(DICOM_CODES, asCode(body.modality))],
    subject: patientReference(around),
    started: body.takenOn,
    interpreter: [around.referToPractitioner(body.practitionerId)],
    procedureReference: referencesTo(around, [body.procedureId], ['Procedure'])[0],
    reasonCode: body.justification === undefined ? [] : [{ text: body.justification }],
    note: noteOf(body.note),
    description: body.title,
  }
}

/** R4 has teeth, device and reports with each series, which belongs to the images and not to what people wrote. */
function extensions({ teeth, bodyPart, device, dose, reportIds }: Body, around: Surroundings): object[] {
  const words = (name: string, value: string | undefined) =>
    value === undefined ? [] : [{ url: own(`imaging-${name}`), valueString: value }]
  const measure = (name: string, value: number | undefined, unit: string) =>
    value === undefined ? [] : [{ url: own(`imaging-${name}`), valueQuantity: { value, unit } }]
  return [
    ...teeth.map((fdi) => ({ url: own('imaging-tooth'), valueCodeableConcept: tooth({ fdi }) })),
    ...words('body-part', bodyPart),
    ...words('manufacturer', device?.manufacturer),
    ...words('model', device?.model),
    ...words('serial-number', device?.serialNumber),
    ...measure('dose-area-product', dose?.areaProductMgyCm2, 'mGy.cm2'),
    ...measure('tube-voltage', dose?.tubeVoltageKv, 'kV'),
    ...measure('exposure-time', dose?.exposureTimeMs, 'ms'),
    ...referencesTo(around, reportIds, ['DocumentReference']).map((valueReference) => ({
      url: own('imaging-report'),
      valueReference,
    })),
  ]
}
