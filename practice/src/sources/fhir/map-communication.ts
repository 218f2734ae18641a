/** Letters, messages and calls. */
import { hl7, own } from '#fhir-systems'
import type { MappedContent } from '../mapped-row.ts'
import { codeAmong, codeIn, wordsOf } from './codings.ts'
import { clean, type Json, joined, lineOf, object, objects, textOf } from './json.ts'
import { linkAttachments } from './map-consent.ts'
import { nameOf, personOf, rppsOf } from './people.ts'
import type { ResourceReader } from './resource-reader.ts'

const CHANNELS = new Set(['letter', 'email', 'mssante', 'telephone', 'message', 'in-person', 'other'])
const MEDIA: Readonly<Record<string, string>> = {
  MAILWRIT: 'letter',
  EMAILWRIT: 'email',
  PHONE: 'telephone',
  ELECTRONIC: 'message',
  FACE: 'in-person',
}
const PARTIES = new Set(['patient', 'relative', 'doctor', 'insurer', 'lawyer', 'authority', 'laboratory', 'other'])
const PARTY_TYPES: Readonly<Record<string, string>> = {
  Patient: 'patient',
  RelatedPerson: 'relative',
  Practitioner: 'doctor',
  PractitionerRole: 'doctor',
}
const SENT = { completed: '', 'in-progress': '', stopped: '', 'on-hold': '', unknown: '' } as const

/** One that was not sent is none. */
export function mapCommunication(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const status = reader.word('status', SENT)
  const isIn = resource.received !== undefined && (resource.sent === undefined || isFromOutside(reader))
  const on = reader.wholeDay('sent', isIn ? resource.received : (resource.sent ?? resource.received))
  if (status === undefined) reader.say('does-not-fit')
  if (on === undefined) reader.say('day-missing', 'sent')
  if (status === undefined || on === undefined) return undefined
  const [recipient] = objects(resource.recipient)
  const [other, us] = isIn ? [resource.sender, recipient] : [recipient, resource.sender]
  const payload = objects(resource.payload)
  reader.namePractitioner(us)
  const references = payload.map(({ contentReference }) => contentReference)
  reader.link('documentIds', references, { types: ['DocumentReference'], kind: 'document', isList: true })
  reader.link('answersTo', [...objects(resource.inResponseTo), ...objects(resource.about)], { types: ANSWERED })
  linkAttachments(reader)
  const marks = objects(resource.category).map((each) => codeIn(each, own('correspondence')))
  const body = clean({
    direction: isIn ? 'in' : 'out',
    channel: channelOf(resource),
    on,
    party: partyOf(reader, other),
    subject: lineOf(object(resource.topic).text, 300) ?? wordsOf(objects(resource.reasonCode)[0])?.slice(0, 300) ?? 'Message',
    text: joined([...payload.map(({ contentString }) => textOf(contentString)), reader.notes()], '\n'),
    awaitsAnswer: marks.includes('awaits-answer') ? true : marks.includes('filed') ? false : undefined,
  })
  return { kind: 'entry', content: { kind: 'correspondence', body } }
}

const ANSWERED = [
  'Communication',
  'DocumentReference',
  'Procedure',
  'ServiceRequest',
  'MedicationRequest',
  'Observation',
  'ImagingStudy',
  'Consent',
]

function isFromOutside(reader: ResourceReader): boolean {
  const type = reader.resolve(reader.resource.sender)?.type
  return type === 'Patient' || type === 'RelatedPerson'
}

function channelOf(resource: Json): string {
  const [medium] = objects(resource.medium)
  const written = lineOf(medium?.text, 40) ?? ''
  return CHANNELS.has(written) ? written : (MEDIA[codeIn(medium, hl7('v3-ParticipationMode')) ?? ''] ?? 'other')
}

function partyOf(reader: ResourceReader, reference: unknown): object {
  const named = reader.resolve(reference)
  const given = object(reference)
  const said = codeAmong(reader.resource.category, own('correspondence-party'))
  const kind = said !== undefined && PARTIES.has(said) ? said : (PARTY_TYPES[named?.type ?? String(given.type)] ?? 'other')
  const person = personOf(reference, reader.resource, reader.around)
  const { family, given: names, text } = nameOf(named?.resource ?? {})
  const name = lineOf(given.display, 200) ?? person?.name ?? joined([family, names[0]], ' ') ?? text ?? 'Inconnu'
  const rpps = person?.rpps ?? rppsOf({ identifier: given.identifier })
  return clean({ kind, name: name.slice(0, 200), rpps: /^\d{11}$/.test(rpps ?? '') ? rpps : undefined })
}
