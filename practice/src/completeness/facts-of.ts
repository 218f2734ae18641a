/**
 * From the entries of a record to the facts that rules judge by. Pure. Only the members that rules ask for are parsed: two million bodies are
 * read when a practice comes with its past, and each was checked whole when it was written.
 */
import { z } from 'zod'
import { ccamFindings, dentitionOf, type EntryKind, findDocumentType, insDoubts, isTooth } from '#patients'
import { actKinds } from './act-kinds.ts'
import { dayNumber, monthsEarlier, rangeOf } from './days.ts'
import type { Fact, RecordFacts } from './fact.ts'
import { fits, tagSet, tagsAsked, union } from './tag-sets.ts'
import type { Tag } from './tags.ts'

/** A current entry that everybody who sees care may see. */
export interface FactSource {
  readonly id: string
  readonly kind: EntryKind
  /** the day, the practitioner and the code that its row shows */
  readonly on: string | null
  readonly by: string | null
  readonly code: string | null
  /** JSON; null: destroyed, or of a kind whose row tells all that is asked */
  readonly body: string | null
}

export interface RecordSource {
  readonly openedOn: string | undefined
  readonly entries: readonly FactSource[]
  /** objects of documents whose sealed file is kept */
  readonly objectIds: ReadonlySet<string>
}

interface Drawn {
  readonly tags: readonly Tag[]
  /** another day than the one that lists show */
  readonly on?: string
  readonly teeth?: readonly string[]
  readonly links?: readonly string[]
}

/** @throws {z.ZodError} for a body that is none of its kind */
export function factsOf({ openedOn, entries, objectIds }: RecordSource): RecordFacts {
  const identity = entries.find(({ kind }) => kind === 'identity')
  const born = identity?.body == null ? undefined : identitySchema.parse(JSON.parse(identity.body))
  const facts = entries.flatMap((entry) => {
    const drawn = draw(entry, { objectIds, born })
    return drawn === undefined ? [] : [toFact(entry, drawn)]
  })
  return { openedOn, facts: withAge(facts, born?.bornOn) }
}

interface Around {
  readonly objectIds: ReadonlySet<string>
  readonly born: z.output<typeof identitySchema> | undefined
}

function toFact({ id, kind, on, by }: FactSource, { tags, teeth = [], links = [], on: drawnOn }: Drawn): Fact {
  const day = drawnOn ?? (kind === 'identity' ? undefined : (on ?? undefined))
  return { id, kind, on: day, by: by ?? undefined, set: tagSet(tags), teeth, links }
}

const MAJORITY_MONTHS = 18 * 12
const DONE = tagsAsked({ all: ['done'] })
const MINOR = tagSet(['minor-at-care'])

/** Whether the patient was under eighteen on a day of care, as far as that is known. */
function withAge(facts: Fact[], bornOn: string | undefined): Fact[] {
  if (bornOn === undefined) return facts
  // Of whom only the year is known, nobody claims that they were a minor.
  const bornFirst = rangeOf(bornOn).first
  const wasMinor = ({ kind, on, set }: Fact) =>
    kind === 'procedure' && on?.length === 10 && fits(set, DONE) && monthsEarlier(dayNumber(on), MAJORITY_MONTHS) < bornFirst
  const isMinorAtCare = facts.some(wasMinor)
  return facts.map((fact) =>
    (fact.kind === 'identity' && isMinorAtCare) || wasMinor(fact) ? { ...fact, set: union(fact.set, MINOR) } : fact,
  )
}

function draw(entry: FactSource, around: Around): Drawn | undefined {
  switch (entry.kind) {
    case 'identity':
      return identityFact(around.born)
    case 'observation':
      return { tags: entry.code === null ? [] : tagged(OBSERVATION_TAGS[entry.code]) }
    case 'referringDoctor':
      return { tags: entry.code === 'referring' ? ['referring'] : [] }
    case 'appointment':
      return entry.code === 'kept' ? { tags: ['kept'] } : undefined
    case 'claim':
    case 'stewardship':
    case 'careLink':
      return undefined
    default:
      return entry.body === null ? undefined : drawBody(entry, entry.kind, JSON.parse(entry.body), around)
  }
}

type KindWithBody = Exclude<
  EntryKind,
  'identity' | 'observation' | 'referringDoctor' | 'appointment' | 'claim' | 'stewardship' | 'careLink'
>

function drawBody(entry: FactSource, kind: KindWithBody, body: unknown, { objectIds, born }: Around): Drawn | undefined {
  switch (kind) {
    case 'procedure':
      return procedureFact(entry, procedureSchema.parse(body), born)
    case 'alert':
      return alertFact(alertSchema.parse(body))
    case 'questionnaire':
      return questionnaireFact(questionnaireSchema.parse(body))
    case 'prescription':
      return prescriptionFact(prescriptionSchema.parse(body))
    case 'consent':
      return consentFact(consentSchema.parse(body))
    case 'quote':
      return quoteFact(quoteSchema.parse(body))
    case 'device':
      return deviceFact(deviceSchema.parse(body))
    case 'correspondence':
      return letterFact(letterSchema.parse(body))
    case 'document':
      return documentFact(entry, documentSchema.parse(body), objectIds)
    case 'relatedPerson':
      return { tags: relatedSchema.parse(body).authority === undefined ? [] : ['has-authority'] }
    case 'imagingStudy':
      return studyFact(studySchema.parse(body))
  }
}

const OBSERVATION_TAGS: Readonly<Record<string, Tag>> = {
  note: 'note',
  'tooth-chart': 'tooth-chart',
  'periodontal-chart': 'periodontal-chart',
}

function tagged(...tags: readonly (Tag | false | undefined)[]): Tag[] {
  return tags.filter((tag) => tag !== false && tag !== undefined)
}

const teethSchema = z.array(z.object({ fdi: z.string() })).default([])
const idsSchema = z.array(z.string()).default([])
const linked = (...ids: readonly (string | undefined)[]) => ids.filter((id) => id !== undefined)

const identitySchema = z.object({
  birthName: z.string(),
  givenNames: idsSchema,
  sex: z.enum(['female', 'male', 'unknown']),
  bornOn: z.string().optional(),
  diedOn: z.string().optional(),
  ins: z.object({ number: z.string() }).optional(),
  telephones: z.array(z.unknown()).default([]),
  emails: z.array(z.unknown()).default([]),
  addresses: z.array(z.unknown()).default([]),
})

function identityFact(identity: Around['born']): Drawn | undefined {
  if (identity === undefined) return undefined
  const { givenNames, sex, bornOn, diedOn, ins, telephones, emails, addresses } = identity
  const ways = telephones.length + emails.length + addresses.length
  return {
    tags: tagged(
      givenNames.length > 0 && 'named',
      sex !== 'unknown' && 'sex-known',
      bornOn?.length === 10 && 'birth-known',
      ways > 0 && 'reachable',
      diedOn === undefined && 'alive',
      ins !== undefined && 'ins',
      ins !== undefined && insDoubts(ins.number, { sex, bornOn }).length === 0 && 'ins-fits',
    ),
  }
}

const procedureSchema = z.object({
  code: z.object({ system: z.string(), code: z.string(), label: z.string() }),
  status: z.string(),
  teeth: teethSchema,
  quoteId: z.string().optional(),
})

function procedureFact(
  { on, by }: FactSource,
  { code, status, teeth, quoteId }: z.output<typeof procedureSchema>,
  born: Around['born'],
): Drawn | undefined {
  if (status === 'cancelled') return undefined
  const fdi = teeth.map((tooth) => tooth.fdi).filter(isTooth)
  const findings = code.system === 'ccam' ? ccamFindings(code.code, fdi) : []
  const kinds = actKinds(code.system === 'local' ? '' : code.code, code.label)
  const isPermanent = fdi.length === 0 ? !/temporaire|lact[ée]ale/i.test(code.label) : fdi.some(isPermanentTooth)
  return {
    tags: tagged(
      status === 'planned' ? 'planned' : 'done',
      ...kinds,
      isPermanent && 'permanent-tooth',
      on !== null && 'dated',
      by !== null && 'signed-by-practitioner',
      !findings.includes('tooth-missing') && 'names-its-tooth',
      !findings.includes('tooth-does-not-fit') && !findings.includes('too-many-teeth') && 'tooth-fits',
      isDayPossible(on, born) && 'day-is-possible',
    ),
    teeth: fdi,
    links: linked(quoteId),
  }
}

function isPermanentTooth(tooth: Parameters<typeof dentitionOf>[0]): boolean {
  return dentitionOf(tooth) === 'permanent'
}

/** Not before the birth, not after the death. */
function isDayPossible(on: string | null, born: Around['born']): boolean {
  if (on === null) return true
  const { first, last } = rangeOf(on)
  const bornFirst = born?.bornOn === undefined ? undefined : rangeOf(born.bornOn).first
  const diedLast = born?.diedOn === undefined ? undefined : rangeOf(born.diedOn).last
  return !(bornFirst !== undefined && last < bornFirst) && !(diedLast !== undefined && first > diedLast)
}

const alertSchema = z.object({ category: z.string(), state: z.string() })

function alertFact({ category, state }: z.output<typeof alertSchema>): Drawn {
  const isMedication = category === 'medication' || category === 'anticoagulant'
  return { tags: tagged(category === 'allergy' && 'allergy', isMedication && 'medication', state === 'present' && 'present') }
}

const questionnaireSchema = z.object({
  items: z.array(z.object({ answer: z.string() })).default([]),
  signed: z.unknown().optional(),
  documentId: z.string().optional(),
})

function questionnaireFact({ items, signed, documentId }: z.output<typeof questionnaireSchema>): Drawn {
  return {
    tags: tagged(
      (signed !== undefined || documentId !== undefined) && 'signed',
      items.some(({ answer }) => answer === 'present') && 'says-present',
    ),
    links: linked(documentId),
  }
}

const prescriptionSchema = z.object({ status: z.string(), documentId: z.string().optional() })

function prescriptionFact({ status, documentId }: z.output<typeof prescriptionSchema>): Drawn | undefined {
  if (status === 'cancelled') return undefined
  return { tags: [status === 'draft' ? 'draft' : 'signed'], links: linked(documentId) }
}

const consentSchema = z.object({
  subject: z.string(),
  decision: z.string(),
  by: z.string(),
  procedureIds: idsSchema,
  documentIds: idsSchema,
})

function consentFact({ subject, decision, by, procedureIds, documentIds }: z.output<typeof consentSchema>): Drawn {
  return {
    tags: tagged(
      decision === 'given' && 'given',
      by === 'representative' && 'by-representative',
      subject === 'surgery' && 'of-surgery',
      subject === 'implant' && 'of-implant',
      subject === 'care' && 'of-care',
    ),
    links: [...procedureIds, ...documentIds],
  }
}

const quoteSchema = z.object({
  state: z.string(),
  signedOn: z.string().optional(),
  lines: z.array(z.object({ teeth: teethSchema })).default([]),
})

function quoteFact({ state, signedOn, lines }: z.output<typeof quoteSchema>): Drawn {
  const isSigned = state === 'signed' && signedOn !== undefined
  return {
    tags: isSigned ? ['signed'] : [],
    ...(isSigned ? { on: signedOn } : {}),
    teeth: [...new Set(lines.flatMap(({ teeth }) => teeth.map(({ fdi }) => fdi)))],
  }
}

const deviceSchema = z.object({
  category: z.string(),
  manufacturer: z.string().optional(),
  reference: z.string().optional(),
  lot: z.string().optional(),
  serialNumber: z.string().optional(),
  udi: z.string().optional(),
  laboratory: z.unknown().optional(),
  teeth: teethSchema,
  conformity: z.object({ documentId: z.string().optional() }).optional(),
  cardHandedOn: z.string().optional(),
  procedureId: z.string().optional(),
})

function deviceFact(device: z.output<typeof deviceSchema>): Drawn {
  const { category, manufacturer, reference, lot, serialNumber, udi, laboratory, teeth, conformity } = device
  return {
    tags: tagged(
      category === 'implant' && 'implant',
      category.endsWith('prosthesis') && 'prosthesis-device',
      (lot ?? serialNumber ?? udi) !== undefined && 'lot',
      (reference ?? udi) !== undefined && 'reference',
      (manufacturer !== undefined || laboratory !== undefined) && 'maker',
      conformity !== undefined && 'conformity',
      device.cardHandedOn !== undefined && 'card-handed',
    ),
    teeth: teeth.map(({ fdi }) => fdi),
    links: linked(device.procedureId, conformity?.documentId),
  }
}

const letterSchema = z.object({
  direction: z.string(),
  party: z.object({ kind: z.string() }),
  answersTo: z.string().optional(),
  awaitsAnswer: z.boolean().optional(),
  documentIds: idsSchema,
})

function letterFact({ direction, party, answersTo, awaitsAnswer, documentIds }: z.output<typeof letterSchema>): Drawn {
  return {
    tags: tagged(
      direction === 'out' && 'out',
      party.kind === 'doctor' && 'to-doctor',
      awaitsAnswer === true && 'awaits-answer',
      answersTo !== undefined && 'answers',
    ),
    links: linked(answersTo, ...documentIds),
  }
}

const documentSchema = z.object({
  objectId: z.string(),
  mediaType: z.string().optional(),
  teeth: idsSchema,
  aboutIds: idsSchema,
})

const IMAGE_MEDIA = /^image\/|^application\/dicom/

function documentFact(
  { code }: FactSource,
  { objectId, mediaType, teeth, aboutIds }: z.output<typeof documentSchema>,
  objectIds: ReadonlySet<string>,
): Drawn {
  const isImage = code === '52040-3' || (mediaType !== undefined && IMAGE_MEDIA.test(mediaType) && !isPaper(code))
  return {
    tags: tagged(
      code === null ? false : DOCUMENT_TAGS[code],
      code === '18748-4' && 'report-document',
      isImage && 'image-document',
      objectIds.has(objectId) && 'file-present',
    ),
    teeth,
    links: aboutIds,
  }
}

/** A photograph of a paper is the paper: its type says so. */
function isPaper(code: string | null): boolean {
  return code !== null && code !== '52040-3' && code !== 'IMG-KOS' && findDocumentType(code) !== undefined
}

const DOCUMENT_TAGS: Readonly<Record<string, Tag>> = {
  '74465-6': 'questionnaire-document',
  '59284-0': 'consent-document',
  'AUTORIS-SOINS': 'authorisation-document',
  '11488-4': 'report-document',
  '34874-8': 'report-document',
  '11505-5': 'report-document',
  '70004-7': 'report-document',
  '18748-4': 'imaging-report-document',
  '77604-7': 'plan-document',
  '28617-9': 'plan-document',
  '60591-5': 'plan-document',
  '83836-7': 'chart-document',
  '101881-1': 'card-document',
  'IMG-KOS': 'image-document',
}

const relatedSchema = z.object({ authority: z.string().optional() })

const studySchema = z.object({
  modality: z.string(),
  teeth: idsSchema,
  procedureId: z.string().optional(),
  reportIds: idsSchema,
  note: z.string().optional(),
})

/** Modalities by rays: intra-oral, panoramic, digital radiographs, scanners. A photograph (XC) is none. */
const BY_RAYS = new Set(['IO', 'PX', 'DX', 'CR', 'CT', 'RG'])

function studyFact({ modality, teeth, procedureId, reportIds, note }: z.output<typeof studySchema>): Drawn {
  const isReported = reportIds.length > 0 || note !== undefined
  return {
    tags: tagged(BY_RAYS.has(modality) ? 'radiograph' : 'image-document', isReported && 'has-report'),
    teeth,
    links: linked(procedureId, ...reportIds),
  }
}
