/** Invented records as practices have them: some twenty entries each, of the last ten years, as they come by an import: patient by patient. */
import { randomUUIDv7 } from 'node:crypto'
import type { importEntries } from '@couronne/practice'
import { inventCrowd, type SeededRandom } from '@couronne/samples'

type Batch = Extract<Parameters<typeof importEntries>[2], Iterable<unknown>> extends Iterable<infer B> ? B : never
type Entry = Batch['entries'][number]

const RECORDS_A_BATCH = 500
const YEARS = 10

interface Act {
  readonly code: string
  readonly label: string
  readonly fdi?: '36' | '46' | '11'
}
/** By how often they are done. */
const ACTS: readonly Act[] = [
  { code: 'HBJD001', label: 'Détartrage et polissage des dents' },
  { code: 'HBJD001', label: 'Détartrage et polissage des dents' },
  { code: 'HBQK389', label: 'Radiographie intrabuccale rétroalvéolaire', fdi: '36' },
  { code: 'HBMD038', label: 'Restauration d’une dent d’un secteur prémolomolaire sur 3 faces ou plus', fdi: '36' },
  { code: 'HBMD050', label: 'Restauration d’une dent d’un secteur incisivocanin sur 2 faces', fdi: '11' },
  { code: 'HBQK002', label: 'Radiographie panoramique dentomaxillaire' },
  { code: 'HBFD008', label: 'Exérèse de la pulpe vivante d’une molaire permanente', fdi: '46' },
  { code: 'HBLD734', label: 'Pose d’une couronne dentaire dentoportée céramométallique sur une molaire', fdi: '46' },
  { code: 'HBGD036', label: 'Avulsion d’1 dent permanente sur arcade sans alvéolectomie', fdi: '46' },
  { code: 'C', label: 'Consultation' },
]
const QUESTIONS = ['coeur', 'tension', 'diabete', 'allergie', 'anticoagulant', 'grossesse', 'asthme', 'epilepsie', 'traitement']

export function* inventRecords(random: SeededRandom, count: number, practitionerIds: readonly string[]): Generator<Batch> {
  const today = Temporal.Now.plainDateISO()
  const day = () => today.subtract({ days: random.below(YEARS * 365) }).toString()
  let patients: Batch['patients'][number][] = []
  let entries: Entry[] = []
  for (const member of inventCrowd(random, count)) {
    const patientId = randomUUIDv7()
    patients.push({
      id: patientId,
      identity: {
        fileNumber: String(member.number).padStart(6, '0'),
        birthName: member.birthName,
        givenNames: [...member.givenNames],
        sex: member.sex === 'F' ? 'female' : 'male',
        bornOn: member.bornOn,
        status: 'provisional',
        flags: [],
        telephones: [{ number: '01 99 00 12 31' }],
        emails: [],
        addresses: [{ lines: ['12 rue des Tilleuls'], postalCode: '75011', town: 'Paris' }],
      },
    })
    entries.push(...entriesOf(random, patientId, practitionerIds[random.below(practitionerIds.length)] ?? '', day))
    if (patients.length < RECORDS_A_BATCH && member.number < count) continue
    yield { source: 'benchmark', patients, entries }
    patients = []
    entries = []
  }
}

function entriesOf(random: SeededRandom, patientId: string, practitionerId: string, day: () => string): Entry[] {
  const made: Entry[] = []
  const visits = Array.from({ length: 6 }, day)
  for (const on of visits) {
    made.push({
      patientId,
      kind: 'appointment',
      body: { startsAt: `${on}T10:15`, zone: 'Europe/Paris', minutes: 30, state: 'kept', practitionerId },
    })
    const acts = Array.from({ length: 1 + random.below(2) }, () => ACTS[random.below(ACTS.length)] as Act)
    for (const act of acts) made.push({ patientId, kind: 'procedure', body: procedureOf(act, on, practitionerId) })
    if (random.below(2) === 0)
      made.push({
        patientId,
        kind: 'observation',
        body: { category: 'note', on, text: 'Sensibilité au froid, à surveiller.', teeth: [], practitionerId },
      })
  }
  made.push({ patientId, kind: 'alert', body: { category: 'allergy', state: 'absent' } })
  made.push({
    patientId,
    kind: 'questionnaire',
    body: {
      form: 'medical-history',
      answeredOn: visits[0] ?? day(),
      items: QUESTIONS.map((question) => ({ question, label: `Avez-vous : ${question} ?`, answer: 'absent' as const })),
    },
  })
  if (random.below(3) === 0)
    made.push({
      patientId,
      kind: 'consent',
      body: {
        subject: 'care',
        about: 'les soins proposés',
        decision: 'given',
        decidedOn: visits[1] ?? day(),
        by: 'patient',
        procedureIds: [],
        documentIds: [],
      },
    })
  return made
}

function procedureOf({ code, label, fdi }: Act, on: string, practitionerId: string) {
  return {
    code: { system: code.length === 7 ? ('ccam' as const) : ('ngap' as const), code, label },
    status: 'billed' as const,
    teeth: fdi === undefined ? [] : [{ fdi, surfaces: [] }],
    areas: [],
    performedOn: on,
    practitionerId,
    feeCents: 2_892,
  }
}
