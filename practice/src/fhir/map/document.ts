/** A document: what it is, and the proof of its bytes. */
import type { EntryOf } from '#patients'
import {
  asCode,
  asUri,
  asUrn,
  coding,
  concept,
  idOf,
  metaOf,
  noteExtension,
  patientReference,
  practiceReference,
  type Resource,
  referencesTo,
  type StoredFile,
  type Surroundings,
  tooth,
} from '../parts.ts'
import { hl7, SHA_256, URI } from '../systems.ts'

type Body = NonNullable<EntryOf<'document'>['body']>

const CONFIDENTIALITY = { normal: 'N', restricted: 'R', 'very-restricted': 'V' } as const

/** @returns undefined for a personal note */
export function mapDocument(entry: EntryOf<'document'>, body: Body, around: Surroundings): Resource | undefined {
  if (body.personalNote) return undefined
  const file = around.document?.(body.objectId)
  return {
    resourceType: 'DocumentReference',
    id: idOf(entry),
    meta: metaOf(entry),
    extension: noteExtension(body.note),
    masterIdentifier: { system: URI, value: asUrn(body.objectId) },
    identifier: file === undefined ? [] : [{ system: SHA_256, value: file.sha256 }],
    status: entry.state === 'withdrawn' ? 'entered-in-error' : 'current',
    type: documentType(body.type),
    subject: patientReference(around),
    date: entry.createdAt,
    author: [around.referToPractitioner(body.practitionerId), body.author === undefined ? undefined : { display: body.author }],
    custodian: practiceReference(around),
    description: body.title,
    securityLabel: [concept(hl7('v3-Confidentiality'), CONFIDENTIALITY[body.sensitivity])],
    content: [{ attachment: attachment(entry.id, body, file) }],
    context: {
      event: body.teeth.map((fdi) => tooth({ fdi })),
      related: referencesTo(around, body.aboutIds),
      practiceSetting: body.source === undefined ? undefined : { text: body.source },
    },
  }
}

/** FHIR R4's `hash` is SHA-1, in Base64; the SHA-256 stands among the identifiers. */
function attachment(entryId: string, body: Body, file: StoredFile | undefined): object {
  return {
    contentType: (file?.mediaType ?? body.mediaType)?.match(/^[\w.+-]+\/[\w.+-]+/)?.[0],
    url: file === undefined ? undefined : `Binary/${entryId}`,
    size: file !== undefined && file.sizeBytes < 2 ** 31 ? file.sizeBytes : undefined,
    hash: file === undefined ? undefined : base64Of(file.sha1),
    title: body.fileName,
    creation: body.madeOn,
  }
}

function base64Of(hex: string): string {
  return Uint8Array.fromHex(hex).toBase64()
}

function documentType({ system, code, label }: Body['type']): object {
  return { coding: [coding(asUri(system), asCode(code), label)], text: label }
}
