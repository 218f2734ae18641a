/**
 * A first draft of a profile, from the names that programs give to columns. A person reads it, mends it and looks at a dry run: nothing here is
 * certain. Pure.
 */
import { stringify } from 'yaml'
import { foldWords } from '#patients'
import { ENTITIES, type Entity, type TARGETS } from './targets.ts'

/** What a table is proposed from. */
export interface SeenTable {
  /** of its file */
  readonly name: string
  readonly columns: readonly string[]
}

/** Columns as programs call them, folded and without blanks: the commonest first. */
const CALLED: { readonly [E in Entity]: { readonly [T in keyof (typeof TARGETS)[E]]?: readonly string[] } } = {
  patient: {
    fileNumber: ['numdossier', 'nodossier', 'dossier', 'numpat', 'numpatient', 'filenumber'],
    birthName: [
      'nomnaiss',
      'nomnaissance',
      'nomdenaissance',
      'nomjeunefille',
      'nomdejeunefille',
      'nomfamille',
      'njf',
      'birthname',
    ],
    usedName: ['nom', 'nomusage', 'nomusuel', 'nomdusage', 'nompatient', 'lastname', 'name', 'surname'],
    givenNames: ['prenom', 'prenoms', 'prenompatient', 'firstname', 'givenname'],
    sex: ['sexe', 'civilite', 'civ', 'genre', 'sex', 'gender'],
    bornOn: ['datenaiss', 'datenaissance', 'datedenaissance', 'naissance', 'ddn', 'nele', 'birthdate', 'dob'],
    birthPlaceName: ['lieunaiss', 'lieunaissance', 'lieudenaissance', 'villenaissance'],
    diedOn: ['datedeces', 'deces'],
    insuredNumber: [
      'numss',
      'nss',
      'numsecu',
      'nosecu',
      'secu',
      'securitesociale',
      'numsecuritesociale',
      'nir',
      'immatriculation',
    ],
    addressLine: ['adresse', 'adresse1', 'adr1', 'rue', 'address'],
    addressMore: ['adresse2', 'adr2', 'complement', 'complementadresse'],
    postalCode: ['cp', 'codepostal', 'codpostal', 'zip', 'postcode'],
    town: ['ville', 'commune', 'localite', 'town', 'city'],
    telephone: ['tel', 'telephone', 'telfixe', 'teldomicile', 'tel1', 'phone'],
    mobile: ['mobile', 'portable', 'telportable', 'telmobile', 'gsm', 'tel2'],
    workTelephone: ['telpro', 'telprofessionnel', 'teltravail', 'telbureau'],
    email: ['email', 'mail', 'courriel', 'adressemail'],
    note: ['note', 'notes', 'remarque', 'remarques', 'commentaire', 'commentaires', 'memo'],
  },
  procedure: {
    performedOn: ['dateacte', 'datesoin', 'datesoins', 'date', 'performedon'],
    code: ['codeacte', 'codeccam', 'ccam', 'cotation', 'code', 'lettrecle'],
    label: ['libelle', 'libelleacte', 'acte', 'designation', 'description', 'intitule'],
    teeth: ['dent', 'dents', 'numdent', 'nodent', 'tooth'],
    surfaces: ['face', 'faces', 'surface', 'surfaces'],
    fee: ['montant', 'honoraires', 'honoraire', 'tarif', 'prix', 'total', 'fee'],
    status: ['etat', 'statut', 'status'],
    practitioner: ['prat', 'praticien', 'nompraticien', 'docteur', 'medecin', 'operateur', 'dentiste'],
    note: ['note', 'notes', 'remarque', 'commentaire'],
  },
  appointment: {
    on: ['daterdv', 'jour', 'date', 'daterendezvous'],
    at: ['heure', 'heurerdv', 'heuredebut', 'debut', 'time'],
    minutes: ['duree', 'minutes', 'dureemin', 'duration'],
    practitioner: ['prat', 'praticien', 'docteur', 'dentiste'],
    room: ['fauteuil', 'salle', 'cabinet', 'room'],
    reason: ['motif', 'objet', 'libelle', 'reason'],
    status: ['etat', 'statut', 'status'],
    note: ['note', 'notes', 'remarque', 'commentaire'],
  },
  note: {
    on: ['date', 'datenote', 'dateobservation'],
    text: ['texte', 'observation', 'observations', 'note', 'notes', 'commentaire', 'contenu', 'text'],
    teeth: ['dent', 'dents'],
    practitioner: ['prat', 'praticien', 'docteur', 'auteur'],
  },
  alert: {
    label: ['alerte', 'allergie', 'antecedent', 'antecedents', 'pathologie', 'libelle', 'alert'],
    category: ['categorie', 'typealerte', 'category'],
    recordedOn: ['date', 'datesaisie'],
    note: ['note', 'commentaire'],
  },
  document: {
    path: ['fichier', 'chemin', 'nomfichier', 'cheminfichier', 'path', 'file', 'filename', 'lien'],
    bytes: ['blob', 'binaire', 'octets', 'fichierblob', 'contenublob', 'bytes'],
    fileName: ['nomoriginal', 'nomdufichier', 'originalname'],
    title: ['titre', 'libelle', 'intitule', 'title'],
    type: ['type', 'typedoc', 'typedocument', 'categorie'],
    madeOn: ['date', 'datedoc', 'datedocument', 'madeon'],
    teeth: ['dent', 'dents'],
    practitioner: ['prat', 'praticien'],
    author: ['auteur', 'author'],
    note: ['note', 'commentaire'],
  },
}

/** Without these a table is of another entity. */
const NEEDED: Readonly<Record<Entity, readonly (readonly string[])[]>> = {
  patient: [
    ['usedName', 'birthName'],
    ['bornOn', 'givenNames'],
  ],
  procedure: [
    ['code', 'label'],
    ['performedOn', 'teeth', 'fee'],
  ],
  appointment: [['on'], ['at']],
  note: [['text'], ['on']],
  alert: [['label']],
  document: [['path', 'bytes']],
}
const KEYS = ['id', 'num', 'numero', 'no', 'ref', 'reference', 'cle']
const PATIENT_KEYS = [
  'numpat',
  'numpatient',
  'nopatient',
  'idpat',
  'idpatient',
  'patientid',
  'codepatient',
  'codepat',
  'patient',
  'refpatient',
]

/** What a table's columns would be, were it one of an entity. */
export interface ProposedColumns {
  readonly key?: string
  readonly patient?: string
  readonly fields: Record<string, string>
}

interface ProposedTable extends ProposedColumns {
  readonly from: string
  readonly entity: Entity
  readonly key: string
}

/**
 * A profile as a YAML file, with what was not understood as comments; undefined when no table looks like one of patients.
 *
 * @param name of the profile
 */
export function proposeProfile(tables: readonly SeenTable[], name: string): string | undefined {
  const patients = tables.map((table) => proposeTable(table, ['patient'], undefined)).filter((each) => each !== undefined)
  const [patient] = patients.toSorted((one, other) => Object.keys(other.fields).length - Object.keys(one.fields).length)
  if (patient === undefined) return undefined
  const others = tables
    .filter((table) => table.name !== patient.from)
    .map((table) =>
      proposeTable(
        table,
        ENTITIES.filter((entity) => entity !== 'patient'),
        patient.key,
      ),
    )
  const proposed = [patient, ...others.filter((each) => each !== undefined)]
  const profile = { couronne: 'import-profile', name, title: { fr: name }, source: { type: 'csv' }, tables: proposed }
  return `${comments(tables, proposed)}${stringify(profile)}`
}

/** Of each entity, for somebody who says by hand what a table holds: also where it does not look like one. */
export function proposeColumns(columns: readonly string[], patientKey?: string): Record<Entity, ProposedColumns> {
  const all = ENTITIES.map((entity) => [entity, columnsFor(columns, entity, patientKey)] as const)
  return Object.fromEntries(all) as Record<Entity, ProposedColumns>
}

function columnsFor(columns: readonly string[], entity: Entity, patientKey: string | undefined): ProposedColumns {
  const patient = entity === 'patient' ? undefined : findPatientColumn(columns, patientKey)
  const key = findKey(columns, entity, patient)
  const fields = matchFields(columns, entity, new Set([key, patient].filter((each) => each !== undefined)))
  if (entity === 'patient' && key !== undefined) fields.fileNumber ??= key
  return { ...(key === undefined ? {} : { key }), ...(patient === undefined ? {} : { patient }), fields }
}

function proposeTable(
  { name, columns }: SeenTable,
  entities: readonly Entity[],
  patientKey: string | undefined,
): ProposedTable | undefined {
  const candidates = entities.flatMap((entity): ProposedTable[] => {
    const { key, patient, fields } = columnsFor(columns, entity, patientKey)
    const isWhole = NEEDED[entity].every((oneOf) => oneOf.some((target) => fields[target] !== undefined))
    if (key === undefined || (entity !== 'patient' && patient === undefined) || !isWhole) return []
    return [{ from: name, entity, key, ...(patient === undefined ? {} : { patient }), fields }]
  })
  return candidates.toSorted((one, other) => Object.keys(other.fields).length - Object.keys(one.fields).length)[0]
}

/** Each column for one target, each target from one column. */
function matchFields(columns: readonly string[], entity: Entity, taken: Set<string>): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const [target, called] of Object.entries(CALLED[entity]) as [string, readonly string[]][]) {
    const column = called
      .map((word) => columns.find((each) => !taken.has(each) && plain(each) === word))
      .find((each) => each !== undefined)
    if (column === undefined) continue
    fields[target] = column
    taken.add(column)
  }
  return fields
}

function findPatientColumn(columns: readonly string[], patientKey: string | undefined): string | undefined {
  return columns.find((column) => column === patientKey) ?? columns.find((column) => PATIENT_KEYS.includes(plain(column)))
}

/** The first column, where it is called like a number of something; otherwise one that is called a number and nothing else. */
function findKey(columns: readonly string[], entity: Entity, patient: string | undefined): string | undefined {
  const others = columns.filter((column) => column !== patient)
  const own = entity === 'patient' ? others.find((column) => PATIENT_KEYS.includes(plain(column))) : undefined
  const [first = ''] = columns
  const isNumbered = first !== patient && /^(id|num|no(?![mt])|ref|cle)/.test(plain(first))
  return own ?? (isNumbered ? first : others.find((column) => KEYS.includes(plain(column))))
}

function plain(column: string): string {
  return foldWords(column.replaceAll('_', ' ')).join('')
}

function comments(tables: readonly SeenTable[], proposed: readonly ProposedTable[]): string {
  const lines = tables.map(({ name, columns }) => {
    const table = proposed.find(({ from }) => from === name)
    if (table === undefined) return `# ${name}: not understood. Its columns: ${columns.join(', ')}`
    const used = new Set([table.key, table.patient, ...Object.values(table.fields)])
    const left = columns.filter((column) => !used.has(column))
    return `# ${name}: ${left.length === 0 ? 'all columns are named' : `columns that are not named: ${left.join(', ')}`}`
  })
  return lines.map((line) => `${line.replaceAll(/\p{Cc}+/gu, ' ')}\n`).join('')
}
