/** What the patient has agreed to. */
import { hl7, NOTE, own } from '#fhir-systems'
import type { MappedContent } from '../mapped-row.ts'
import { attachmentsOf } from './attachments.ts'
import { codeAmong, codeIn, extensionOf, wordsOf } from './codings.ts'
import { clean, type Json, lineOf, object, objects, textOf } from './json.ts'
import type { ResourceReader } from './resource-reader.ts'

const CONSENT_SUBJECTS = new Set('care surgery implant anaesthesia imaging data sharing photographs other'.split(' '))
const DECISIONS = { active: 'given', rejected: 'refused', inactive: 'withdrawn' } as const

export function mapConsent(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const decision = reader.word('status', DECISIONS)
  const decidedOn = reader.wholeDay('dateTime')
  if (decision === undefined) reader.say('does-not-fit')
  if (decidedOn === undefined) reader.say('day-missing', 'dateTime')
  if (decision === undefined || decidedOn === undefined) return undefined
  const provision = object(resource.provision)
  const related = objects(provision.data).map(({ reference }) => reference)
  const performers = objects(resource.performer)
  const types = performers.map((performer) => reader.resolve(performer)?.type)
  const isByOther = performers.length > 0 && !types.includes('Patient')
  reader.link('relatedPersonId', [...performers, ...related], { types: ['RelatedPerson'], kind: 'relatedPerson' })
  reader.link('procedureIds', related, { types: ['Procedure'], kind: 'procedure', isList: true })
  reader.link('documentIds', [resource.sourceReference, ...related], {
    types: ['DocumentReference'],
    kind: 'document',
    isList: true,
  })
  linkAttachments(reader)
  reader.namePractitioner(...related)
  const body = clean({
    subject: consentSubject(resource),
    about: consentWords(resource),
    decision: decision === 'given' && provision.type === 'deny' ? 'refused' : decision,
    decidedOn,
    by: isByOther ? 'representative' : 'patient',
    note: textOf(object(extensionOf(resource, NOTE)?.valueAnnotation).text),
  })
  return { kind: 'entry', content: { kind: 'consent', body } }
}

function consentSubject(resource: Json): string {
  const ours = codeAmong(resource.category, own('consent-subject'))
  if (ours !== undefined && CONSENT_SUBJECTS.has(ours)) return ours
  const scope = codeIn(resource.scope, hl7('consentscope'))
  return scope === 'patient-privacy' ? 'data' : scope === 'treatment' ? 'care' : 'other'
}

function consentWords(resource: Json): string {
  const texts = [
    ...objects(resource.category).map(({ text }) => lineOf(text)),
    lineOf(object(resource.policyRule).text) ?? wordsOf(resource.policyRule),
    wordsOf(resource.scope),
  ]
  return texts.find((text) => text !== undefined) ?? 'Consentement'
}

/** What stands within the resource is a document of its own. */
export function linkAttachments(reader: ResourceReader): void {
  for (const at of attachmentsOf(reader.resource).keys())
    reader.links.push({
      member: 'documentIds',
      isList: true,
      table: 'Attachment',
      key: `${reader.resource.resourceType}/${reader.key}#${at}`,
      kind: 'document',
    })
}
