/**
 * Allergies, treatments, conditions, flags as alerts, in their three states: present, said to be absent, and not recorded, of which there is no
 * entry. A statement that nobody knows is none.
 */
import { hl7, IPS_ABSENT, NOTE, own, SNOMED } from '#fhir-systems'
import type { MappedContent } from '../mapped-row.ts'
import { codeAmong, codedOf, codeIn, codingsOf, extensionOf, wordsOf } from './codings.ts'
import { clean, type Json, joined, lineOf, object, objects, textOf } from './json.ts'
import type { ResourceReader } from './resource-reader.ts'

/** SNOMED CT: no known allergy; of the IPS: no known allergies, medications, problems. Nothing of the category is there. */
const NONE_KNOWN = new Set([
  `${SNOMED}|716186003`,
  `${IPS_ABSENT}|no-known-allergies`,
  `${IPS_ABSENT}|no-known-medications`,
  `${IPS_ABSENT}|no-known-problems`,
])
/** No known allergy to drugs, to food, to the environment: absent, but not all of it. */
const SOME_NONE_KNOWN = new Set([
  `${SNOMED}|409137002`,
  `${SNOMED}|429625007`,
  `${SNOMED}|428607008`,
  `${IPS_ABSENT}|no-known-medication-allergies`,
  `${IPS_ABSENT}|no-known-food-allergies`,
  `${IPS_ABSENT}|no-known-environmental-allergies`,
])
/** Nobody knows, or nobody asked. */
const NO_INFORMATION = new Set([
  `${SNOMED}|1631000175102`,
  `${IPS_ABSENT}|no-allergy-info`,
  `${IPS_ABSENT}|no-medication-info`,
  `${IPS_ABSENT}|no-problem-info`,
])
const PREGNANCY = '77386006'
const ATC = 'http://www.whocc.no/atc'
const CATEGORIES = new Set(['anticoagulant', 'medication', 'condition', 'pregnancy', 'device', 'infection', 'other'])
const CATEGORY_TEXTS: Readonly<Record<string, string>> = {
  anticoagulant: 'Anticoagulants',
  pregnancy: 'Grossesse',
  device: 'Dispositif implanté',
  infection: 'Infection',
  other: 'Autre alerte',
}

interface Stated {
  readonly category: string
  readonly isAbsent: boolean
  readonly concept: unknown
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly severity?: string | undefined
  readonly reaction?: string | undefined
  readonly recordedOn?: string | undefined
  readonly teller?: unknown
  readonly isConfirmed?: boolean
  readonly note?: string | undefined
}

export function mapAllergy(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const verification = codeIn(resource.verificationStatus, hl7('allergyintolerance-verification'))
  const clinical = codeIn(resource.clinicalStatus, hl7('allergyintolerance-clinical'))
  const [reaction = {}] = objects(resource.reaction)
  const isAbsent = verification === 'refuted'
  const { to, rest } = ended(reader)
  return alert(reader, {
    category: 'allergy',
    isAbsent,
    concept: resource.code,
    from: reader.day('onsetDateTime'),
    to,
    severity: severityWord(reaction.severity) ?? (resource.criticality === 'high' ? 'severe' : undefined),
    reaction: joined(objects(reaction.manifestation).map(wordsOf), ', '),
    recordedOn: reader.wholeDay('recordedDate'),
    teller: resource.asserter ?? resource.recorder,
    isConfirmed: verification === 'confirmed',
    note: joined([rest, isAbsent || to !== undefined ? undefined : statusWords(clinical)], '\n'),
  })
}

export function mapMedication(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const states = {
    active: '',
    completed: '',
    intended: 'Prévu',
    stopped: 'Arrêté',
    'on-hold': 'Suspendu',
    unknown: '',
    'not-taken': '',
  }
  const words = reader.word('status', states)
  if (resource.status === 'unknown') reader.say('status-unknown', 'status')
  const medication = resource.medicationReference === undefined ? undefined : reader.resolve(resource.medicationReference)
  const concept = resource.medicationCodeableConcept ?? medication?.resource?.code ?? displayOf(resource.medicationReference)
  const period = object(resource.effectivePeriod)
  const from = reader.day('effective', resource.effectiveDateTime ?? period.start)
  const to = reader.day('effective', period.end)
  const isOver = resource.status === 'completed' || resource.status === 'stopped'
  const dosage = joined(
    objects(resource.dosage).map(({ text }) => textOf(text, 1_000)),
    ' ; ',
  )
  const { severity, rest } = notesOf(reader)
  return alert(reader, {
    category: medicationCategory(resource, concept),
    isAbsent: resource.status === 'not-taken',
    concept,
    from,
    to,
    severity,
    recordedOn: reader.wholeDay('dateAsserted'),
    teller: resource.informationSource,
    note: joined(
      [words || undefined, isOver && to === undefined ? 'Traitement terminé, date inconnue' : undefined, dosage, rest],
      '\n',
    ),
  })
}

function displayOf(reference: unknown): Json {
  return { text: object(reference).display }
}

function medicationCategory({ category }: Json, concept: unknown): string {
  const tagged = codeIn(category, own('alert-category'))
  if (tagged === 'anticoagulant' || tagged === 'medication') return tagged
  return codingsOf(concept).some(({ system, code }) => system === ATC && code.startsWith('B01')) ? 'anticoagulant' : 'medication'
}

/** One of the record as a whole is an alert; one of a visit, or of a tooth, is what was seen that day. */
export function mapCondition(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const teeth = resource.bodySite === undefined ? [] : reader.toothNumbers()
  const isOfVisit = codeAmong(resource.category, hl7('condition-category')) === 'encounter-diagnosis'
  if (isOfVisit || teeth.length > 0) return diagnosis(reader, teeth)
  const verification = codeIn(resource.verificationStatus, hl7('condition-ver-status'))
  const clinical = codeIn(resource.clinicalStatus, hl7('condition-clinical'))
  const stated = codeAmong(resource.category, own('alert-category'))
  const isPregnancy = codeIn(resource.code, SNOMED) === PREGNANCY
  const isAbsent = verification === 'refuted'
  const { to, rest } = ended(reader)
  return alert(reader, {
    category: stated !== undefined && CATEGORIES.has(stated) ? stated : isPregnancy ? 'pregnancy' : 'condition',
    isAbsent,
    concept: resource.code,
    from: reader.day('onset', resource.onsetDateTime ?? object(resource.onsetPeriod).start),
    to,
    severity: severityWord(codeIn(resource.severity, SNOMED)),
    recordedOn: reader.wholeDay('recordedDate'),
    teller: resource.asserter ?? resource.recorder,
    isConfirmed: verification === 'confirmed',
    note: joined([lineOf(resource.onsetString), rest, isAbsent || to !== undefined ? undefined : statusWords(clinical)], '\n'),
  })
}

function diagnosis(reader: ResourceReader, teeth: readonly string[]): MappedContent | undefined {
  const { resource } = reader
  const on = reader.wholeDay('recordedDate', resource.recordedDate ?? resource.onsetDateTime)
  const words = wordsOf(resource.code)
  if (on === undefined) reader.say('day-missing', 'recordedDate')
  if (words === undefined) reader.say('nothing-said')
  if (on === undefined || words === undefined) return undefined
  const refuted = codeIn(resource.verificationStatus, hl7('condition-ver-status')) === 'refuted'
  const text = joined([`${refuted ? 'Diagnostic écarté' : 'Diagnostic'} : ${words}`, reader.notes()], '\n')
  reader.namePractitioner(resource.asserter, resource.recorder)
  return { kind: 'entry', content: { kind: 'observation', body: { category: 'note', on, text, teeth } } }
}

/** What somebody put up for all to see. Ours that stand for litigation are read elsewhere (`administrative.ts`). */
export function mapFlag(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const { start, end } = reader.period()
  return alert(reader, {
    category: 'other',
    isAbsent: false,
    concept: resource.code,
    from: reader.day('period', start),
    to: reader.day('period', end),
    teller: resource.author,
    note: joined(
      [
        textOf(object(extensionOf(resource, NOTE)?.valueAnnotation).text),
        resource.status === 'inactive' ? 'Inactif dans la source' : undefined,
      ],
      '\n',
    ),
  })
}

function alert(reader: ResourceReader, stated: Stated): MappedContent | undefined {
  const { category, concept, from, to, severity, reaction, recordedOn } = stated
  const names = codingsOf(concept).map(({ system, code }) => `${system}|${code}`)
  if (names.some((name) => NO_INFORMATION.has(name))) {
    reader.say('nothing-said')
    return undefined
  }
  const isNoneKnown = names.some((name) => NONE_KNOWN.has(name))
  const isAbsent = stated.isAbsent || isNoneKnown || names.some((name) => SOME_NONE_KNOWN.has(name))
  const words = wordsOf(concept)
  const isWholeCategory = isNoneKnown || (isAbsent && (words === undefined || words === CATEGORY_TEXTS[category]))
  if (words === undefined && !isAbsent) {
    reader.say('nothing-said')
    return undefined
  }
  const { checkedOn, rest } = notesOf(reader)
  const code = isWholeCategory ? undefined : codedOf(concept)
  const shared = {
    category,
    code,
    label: isWholeCategory || (isAbsent && code !== undefined && code.label === words) ? undefined : words?.slice(0, 300),
    toldBy: tellerOf(reader, stated),
    recordedOn,
    checkedOn,
    note: stated.note ?? rest,
  }
  const body = isAbsent
    ? clean({ state: 'absent', ...shared })
    : clean({ state: 'present', ...shared, label: words?.slice(0, 300), severity, reaction: reaction?.slice(0, 300), from, to })
  return { kind: 'entry', content: { kind: 'alert', body } }
}

const TELLERS: Readonly<Record<string, string>> = {
  Représentant: 'representative',
  Médecin: 'doctor',
  Document: 'document',
  Autre: 'other',
}

function tellerOf(reader: ResourceReader, { teller }: Stated): string | undefined {
  if (teller === undefined) return undefined
  const type = reader.resolve(teller)?.type
  if (type === 'Patient') return 'patient'
  if (type === 'RelatedPerson') return 'representative'
  if (type?.startsWith('Practitioner')) return 'doctor'
  return TELLERS[String(object(teller).display)]
}

function severityWord(word: unknown): string | undefined {
  const words: Readonly<Record<string, string>> = {
    255604002: 'mild',
    6736007: 'moderate',
    24484000: 'severe',
    mild: 'mild',
    moderate: 'moderate',
    severe: 'severe',
  }
  return words[String(word)]
}

/** That it is over, where no day says since when. */
function statusWords(clinical: string | undefined): string | undefined {
  const words: Readonly<Record<string, string>> = {
    resolved: 'Résolu, date inconnue',
    inactive: 'Inactif',
    remission: 'En rémission',
  }
  return words[clinical ?? '']
}

/** When it ended: a day of its own, or words of ours. */
function ended(reader: ResourceReader) {
  const { resource } = reader
  const said = notesOf(reader)
  const period = object(resource.onsetPeriod)
  const day = reader.day('abatement', resource.abatementDateTime ?? object(resource.abatementPeriod).start ?? period.end)
  return { to: day ?? said.to, rest: said.rest }
}

const SEVERITIES: Readonly<Record<string, string>> = { légère: 'mild', modérée: 'moderate', sévère: 'severe' }

/** R4 has no member for some of what we say; our own words are read back, all others are the note. */
function notesOf(reader: ResourceReader) {
  let to: string | undefined
  let checkedOn: string | undefined
  let severity: string | undefined
  const rest: string[] = []
  for (const { text } of objects(reader.resource.note)) {
    const written = textOf(text)
    if (written === undefined) continue
    const [, until] = /^Jusqu’au (\d{4}(?:-\d\d(?:-\d\d)?)?)$/.exec(written) ?? []
    const [, checked] = /^Vérifié le (\d{4}-\d\d-\d\d)$/.exec(written) ?? []
    const [, how = ''] = /^Gravité : (\S+)$/.exec(written) ?? []
    if (until !== undefined) to = until
    else if (checked !== undefined) checkedOn = checked
    else if (SEVERITIES[how] !== undefined) severity = SEVERITIES[how]
    else rest.push(written)
  }
  return { to, checkedOn, severity, rest: joined(rest, '\n') }
}
