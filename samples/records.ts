/**
 * The records of the sample practice: patients of all ages with years of care, as an application keeps them. Plain values in the form of
 * the practice's contract; whoever loads them gives ids. Nobody in them is real.
 */
import { inventAlerts } from './alerts.ts'
import { inventCharts } from './charts.ts'
import { inventDiary, type Slot } from './diary.ts'
import { encodePhotograph, printRtf, writeLetter } from './documents.ts'
import type { SampleEntry, SampleFile, SampleRecord } from './entry.ts'
import { inventIdentityStatus } from './ins.ts'
import { inventFamilyName, inventGivenName, type Sex } from './names.ts'
import { makeRadiograph } from './radiograph.ts'
import type { SeededRandom } from './random.ts'
import { Families } from './relatives.ts'
import { inventStewards } from './stewards.ts'

export interface SampleOptions {
  readonly patients: number
  /** the last day of care; the diary is filled around it */
  readonly today: Temporal.PlainDate
  /** ids of those who practise here: the owner first */
  readonly practitionerIds: readonly string[]
}

const ZONE = 'Europe/Paris'
const STREETS = [
  'rue des Écoles',
  'impasse de l’Œillet',
  'allée du Bois-Brûlé',
  'place de la Forêt',
  'quai aux Pêcheurs',
  'chemin des Sources',
]
const TOWNS = [
  ['99001', 'Inventéville'],
  ['99002', 'Saint-Exemple-lès-Bois'],
  ['99003', 'L’Essai-sur-Loire'],
] as const
const DOCTORS = ['Exemple', 'Modèle', 'Specimen', 'Type', 'Essai'] as const
const UPPER = ['18', '17', '16', '15', '14', '13', '12', '11', '21', '22', '23', '24', '25', '26', '27', '28'] as const
const LOWER = ['48', '47', '46', '45', '44', '43', '42', '41', '31', '32', '33', '34', '35', '36', '37', '38'] as const
const MOLARS = ['16', '17', '26', '27', '36', '37', '46', '47'] as const
const DECIDUOUS = ['54', '55', '64', '65', '74', '75', '84', '85'] as const

/** One in so many was entered twice: a practice of three thousand has a few to decide on. */
const ENTERED_TWICE_EVERY = 350

/** One patient in so many has files: enough to see how they look. */
const DOCUMENTS_EVERY = 60

interface Act {
  readonly code: string
  readonly label: string
  readonly feeCents: number
  readonly teeth?: readonly string[]
  readonly surfaces?: readonly ('M' | 'O' | 'D')[]
}

// Labels of the CNAM's CCAM (Licence Ouverte 2.0); fees are invented.
const CHECK: readonly Act[] = [
  { code: 'HBJD001', label: 'Détartrage et polissage des dents', feeCents: 4320 },
  { code: 'HBQK002', label: 'Radiographie panoramique dentomaxillaire', feeCents: 2300 },
]
const CARE: readonly Act[] = [
  {
    code: 'HBMD053',
    label:
      'Restauration d’une dent d’un secteur prémolomolaire sur 1 face par matériau inséré en phase plastique, sans ancrage radiculaire',
    feeCents: 3080,
    teeth: MOLARS,
    surfaces: ['O'],
  },
  {
    code: 'HBMD049',
    label:
      'Restauration d’une dent d’un secteur prémolomolaire sur 2 faces par matériau inséré en phase plastique sans ancrage radiculaire',
    feeCents: 5290,
    teeth: MOLARS,
    surfaces: ['M', 'O'],
  },
  {
    code: 'HBMD058',
    label:
      'Restauration d’une dent d’un secteur incisivocanin sur 1 face par matériau inséré en phase plastique, sans ancrage radiculaire',
    feeCents: 3080,
    teeth: ['11', '12', '21', '22', '13', '23'],
  },
  { code: 'HBFD008', label: 'Exérèse de la pulpe vivante d’une molaire permanente', feeCents: 9490, teeth: MOLARS },
  { code: 'HBGD036', label: 'Avulsion d’1 dent permanente sur arcade', feeCents: 3344, teeth: [...UPPER, ...LOWER] },
  {
    code: 'HBQK389',
    label: 'Radiographie intrabuccale rétroalvéolaire et/ou rétrocoronaire d’un secteur de 1 à 3 dents contigües',
    feeCents: 798,
    teeth: [...UPPER, ...LOWER],
  },
]
const CHILD_CARE: readonly Act[] = [
  {
    code: 'HBBD005',
    label: 'Comblement [Scellement] prophylactique des puits, sillons et fissures sur 1 dent',
    feeCents: 2600,
    teeth: ['16', '26', '36', '46'],
    surfaces: ['O'],
  },
  { code: 'HBGD035', label: 'Avulsion d’1 dent temporaire sur arcade', feeCents: 2508, teeth: DECIDUOUS },
]
const NOTES = [
  'Patient prévenu du risque. Contrôle dans 6 mois.',
  'Sensibilité au froid sur la 26, à surveiller.',
  'Anesthésie bien tolérée, suites simples.',
  'Hygiène améliorée depuis la dernière visite.',
  'Souhaite réfléchir avant la prothèse : devis remis.',
  'Adressé pour avis parodontal.',
] as const
const REASONS = ['Contrôle', 'Soin', 'Détartrage', 'Urgence : douleur', 'Prothèse : empreintes', 'Première consultation'] as const

const PAST_STATES = ['kept', 'kept', 'kept', 'kept', 'kept', 'kept', 'kept', 'missed', 'cancelled'] as const

/** Invented records, one after the other: a practice of some thousands fits no list. */
export function* inventRecords(random: SeededRandom, options: SampleOptions): Generator<SampleRecord> {
  const diary = inventDiary(random, options)
  const families = new Families(random)
  let last: SampleRecord | undefined
  for (let number = 1; number <= options.patients; number++) {
    const record = inventRecord(random, options, { number, slot: diary.get(number), families })
    last = last !== undefined && number % ENTERED_TWICE_EVERY === 0 ? enterAgain(last, record, number) : record
    yield last
  }
}

/** The one before, as somebody entered them who did not find them: what was done since stands in the second record. */
function enterAgain(before: SampleRecord, since: SampleRecord, number: number): SampleRecord {
  const { identity } = before
  const { ins: _ins, status: _status, ...traits } = identity as SampleRecord['identity'] & { readonly [name: string]: unknown }
  const [year, month, day = ''] = identity.bornOn.split('-')
  const isTurned = (number / ENTERED_TWICE_EVERY) % 2 === 0 && Number(day) <= 12
  return {
    identity: {
      ...traits,
      fileNumber: String(1000 + number),
      bornOn: isTurned ? `${year}-${day}-${month}` : identity.bornOn,
      birthName: String(traits.birthName).toUpperCase(),
    } as SampleRecord['identity'],
    entries: [
      ...before.entries.filter(({ kind }) => kind === 'relatedPerson'),
      ...since.entries.filter(({ kind }) => kind === 'appointment' || kind === 'observation'),
    ],
    documents: [],
  }
}

function inventRecord(
  random: SeededRandom,
  options: SampleOptions,
  { number, slot, families }: { readonly number: number; readonly slot: Slot | undefined; readonly families: Families },
): SampleRecord {
  const { today, practitionerIds } = options
  const sex: Sex = random.pick(['F', 'M'] as const)
  const born = today.subtract({ days: random.between(3 * 365, 92 * 365) })
  const age = born.until(today, { largestUnit: 'years' }).years
  const birthName = inventFamilyName(random)
  const practitionerId = random.pick(practitionerIds)
  const telephone = `01 99 00 ${twoDigits(random)} ${twoDigits(random)}`
  const [postalCode, town] = random.pick(TOWNS)
  const identity = {
    fileNumber: String(1000 + number),
    birthName,
    ...(sex === 'F' && age > 25 && random.chance(0.5) ? { usedName: inventFamilyName(random) } : {}),
    givenNames: [inventGivenName(random, sex, born.year)],
    sex: sex === 'F' ? ('female' as const) : ('male' as const),
    bornOn: born.toString(),
    ...inventIdentityStatus(random, { sex, born, number, today }),
    flags: ['fictitious' as const],
    telephones: [{ number: telephone, use: 'mobile' as const }],
    emails: random.chance(0.6) ? [{ address: `patient.${number}@exemple.invalid` }] : [],
    addresses: [{ lines: [`${random.between(1, 99)} ${random.pick(STREETS)}`], postalCode, town, country: 'FR' }],
    language: 'fr',
  }
  const since = today.subtract({ years: random.between(1, 12) }).toString()
  const entries: SampleEntry[] = [
    ...inventDoctor(random),
    ...families.inventRelatives(age, { familyName: birthName, givenName: inventGivenName(random, 'F', 1985) }),
    ...inventAlerts(random, { age, sex, today }),
    { kind: 'careLink', body: { practitionerId, from: since, basis: 'treating' } },
    ...inventStewards(random, { practitionerIds, practitionerId, since }),
    ...inventCharts(random, { age, on: today.subtract({ days: random.between(15, 800) }).toString(), practitionerId }),
    ...inventVisits(random, options, { age, practitionerId }),
    ...inventAppointment(random, today, slot),
  ]
  families.remember(identity, age)
  return { identity, entries, documents: number % DOCUMENTS_EVERY === 1 ? inventDocuments(random, options, identity) : [] }
}

function inventDocuments(
  random: SeededRandom,
  { today }: SampleOptions,
  { fileNumber, birthName, bornOn }: SampleRecord['identity'] & { readonly birthName: string },
): SampleFile[] {
  const madeOn = today.subtract({ days: random.between(10, 700) }).toString()
  const tooth = random.pick(MOLARS)
  const facts = {
    patientName: birthName,
    patientId: fileNumber,
    bornOn: bornOn.replaceAll('-', ''),
    takenOn: madeOn.replaceAll('-', ''),
    tooth,
  }
  const letter = printRtf(writeLetter(random, `Cabinet d’exemple. Objet : ${birthName}`, 8))
  return [
    {
      fileName: 'sourire.png',
      bytes: encodePhotograph(random, 480, 360),
      title: 'Photographie du sourire',
      typeCode: '52040-3',
      madeOn,
    },
    { fileName: 'Lettre au Dr Modèle.rtf', bytes: Buffer.from(letter), title: 'Lettre d’adressage', typeCode: '96349-6', madeOn },
    {
      fileName: `dent ${tooth}.dcm`,
      bytes: makeRadiograph(random, { ...facts, kind: 'intra-oral', width: 320, height: 240 }),
      title: `Radiographie de la ${tooth}`,
      typeCode: '18748-4',
      madeOn,
    },
  ]
}

function inventDoctor(random: SeededRandom): SampleEntry[] {
  if (random.chance(0.3)) return []
  const familyName = random.pick(DOCTORS)
  return [{ kind: 'referringDoctor', body: { familyName, role: 'treating-physician', speciality: 'médecine générale' } }]
}

function inventVisits(
  random: SeededRandom,
  { today }: SampleOptions,
  { age, practitionerId }: { readonly age: number; readonly practitionerId: string },
): SampleEntry[] {
  const entries: SampleEntry[] = []
  const visits = random.between(1, 9)
  for (let visit = 0; visit < visits; visit++) {
    const on = today.subtract({ days: random.between(1, 11 * 365) }).toString()
    const acts = [random.pick(CHECK), ...(random.chance(0.6) ? [random.pick(age < 12 ? CHILD_CARE : CARE)] : [])]
    for (const act of acts) entries.push(procedureOf(random, act, on, practitionerId))
    if (random.chance(0.4))
      entries.push({ kind: 'observation', body: { category: 'note', on, practitionerId, text: random.pick(NOTES), teeth: [] } })
  }
  const lastOn = today.subtract({ days: random.between(20, 900) }).toString()
  if (random.chance(0.7)) entries.push(questionnaireOf(random, lastOn, practitionerId))
  if (age > 18 && random.chance(0.3)) entries.push(...prosthesisOf(random, today, practitionerId))
  if (random.chance(0.25)) entries.push(prescriptionOf(random, lastOn, practitionerId))
  if (random.chance(0.12)) entries.push(letterOf(random, lastOn, practitionerId))
  if (random.chance(0.004)) entries.push(claimOf(lastOn, practitionerId))
  return entries
}

function procedureOf(random: SeededRandom, act: Act, on: string, practitionerId: string): SampleEntry {
  const tooth = act.teeth === undefined ? undefined : random.pick(act.teeth)
  return {
    kind: 'procedure',
    body: {
      code: { system: 'ccam', code: act.code, label: act.label },
      status: 'billed',
      teeth: tooth === undefined ? [] : [{ fdi: tooth as never, surfaces: [...(act.surfaces ?? [])] }],
      areas: [],
      practitionerId,
      performedOn: on,
      feeCents: act.feeCents,
    },
  }
}

function questionnaireOf(random: SeededRandom, answeredOn: string, practitionerId: string): SampleEntry {
  const item = (question: string, label: string, share: number) => ({
    question,
    label,
    answer: random.chance(share) ? ('present' as const) : random.chance(0.9) ? ('absent' as const) : ('not-answered' as const),
  })
  return {
    kind: 'questionnaire',
    body: {
      form: 'medical-history',
      answeredOn,
      practitionerId,
      items: [
        item('allergy', 'Avez-vous une allergie ?', 0.12),
        item('anticoagulant', 'Prenez-vous un anticoagulant ou de l’aspirine ?', 0.08),
        item('heart', 'Avez-vous une maladie du cœur ?', 0.07),
        item('diabetes', 'Avez-vous du diabète ?', 0.06),
        item('tobacco', 'Fumez-vous ?', 0.25),
      ],
      signed: { by: 'patient', on: answeredOn },
    },
  }
}

/** A quote, its consent, and what was placed: a crown of a laboratory, or an implant with its lot. */
function prosthesisOf(random: SeededRandom, today: Temporal.PlainDate, practitionerId: string): SampleEntry[] {
  const madeOn = today.subtract({ days: random.between(60, 2_500) })
  const tooth = random.pick(MOLARS)
  const isImplant = random.chance(0.3)
  const label = isImplant ? `Implant et couronne sur la ${tooth}` : `Couronne céramométallique sur la ${tooth}`
  const feeCents = isImplant ? 165_000 : 53_800
  const placedOn = madeOn.add({ days: 45 }).toString()
  const signedOn = madeOn.add({ days: 8 }).toString()
  const teeth = [{ fdi: tooth, surfaces: [] }]
  return [
    {
      kind: 'quote',
      body: {
        state: 'signed',
        madeOn: madeOn.toString(),
        handedOn: madeOn.toString(),
        signedOn,
        practitionerId,
        validUntil: madeOn.add({ months: 6 }).toString(),
        lines: [
          {
            label,
            teeth,
            areas: [],
            feeCents,
            deviceCents: 24_000,
            baseCents: 12_000,
            reimbursedCents: 7_200,
            basket: 'free',
            materials: 'Céramique sur alliage de cobalt et de chrome',
            madeIn: 'FR',
            subcontracting: 'none',
          },
        ],
        alternative: 'Couronne métallique, sans reste à payer.',
      },
    },
    {
      kind: 'consent',
      body: {
        subject: isImplant ? 'implant' : 'care',
        about: label,
        decision: 'given',
        decidedOn: signedOn,
        by: 'patient',
        practitionerId,
        procedureIds: [],
        documentIds: [],
      },
    },
    {
      kind: 'device',
      body: {
        category: isImplant ? 'implant' : 'fixed-prosthesis',
        label,
        teeth,
        areas: [],
        placedOn,
        practitionerId,
        ...(isImplant
          ? { manufacturer: 'Implants d’exemple', reference: 'IE-4.0-10', lot: `L${random.between(10_000, 99_999)}` }
          : { laboratory: { name: 'Laboratoire d’exemple', country: 'FR' } }),
      },
    },
  ]
}

function prescriptionOf(random: SeededRandom, prescribedOn: string, practitionerId: string): SampleEntry {
  const lines = random.pick([
    [{ label: 'Amoxicilline 1 g, comprimé', dosage: '1 comprimé matin et soir', days: 6 }],
    [{ label: 'Paracétamol 1 g, comprimé', dosage: '1 comprimé jusqu’à 3 fois par jour si douleur', days: 3 }],
    [{ label: 'Chlorhexidine 0,12 %, bain de bouche', dosage: '2 bains de bouche par jour', days: 7 }],
  ])
  return { kind: 'prescription', body: { category: 'medicines', prescribedOn, practitionerId, status: 'signed', lines } }
}

function letterOf(random: SeededRandom, on: string, practitionerId: string): SampleEntry {
  const party = { kind: 'doctor' as const, name: `Dr ${random.pick(DOCTORS)}` }
  const subject = random.pick(['Avis parodontal', 'Compte rendu de soins', 'Demande d’avis : anticoagulant avant avulsion'])
  return {
    kind: 'correspondence',
    body: {
      direction: random.pick(['in', 'out'] as const),
      channel: 'letter',
      on,
      party,
      subject,
      practitionerId,
      documentIds: [],
    },
  }
}

function claimOf(openedOn: string, practitionerId: string): SampleEntry {
  return {
    kind: 'claim',
    body: {
      way: 'insurer',
      subject: 'Contestation d’une couronne',
      openedOn,
      practitionerId,
      hold: { from: openedOn, reason: 'Réclamation en cours' },
      procedureIds: [],
      documentIds: [],
    },
  }
}

/** Of the diary: kept or not in the past, booked from today on. */
function inventAppointment(random: SeededRandom, today: Temporal.PlainDate, slot: Slot | undefined): SampleEntry[] {
  if (slot === undefined) return []
  const isPast = Temporal.PlainDate.compare(slot.startsAt, today) < 0
  return [
    {
      kind: 'appointment',
      body: {
        startsAt: slot.startsAt.toString({ smallestUnit: 'minute' }),
        zone: ZONE,
        minutes: slot.minutes,
        practitionerId: slot.practitionerId,
        reason: random.pick(REASONS),
        state: isPast ? random.pick(PAST_STATES) : 'booked',
      },
    },
  ]
}

function twoDigits(random: SeededRandom): string {
  return String(random.below(100)).padStart(2, '0')
}
