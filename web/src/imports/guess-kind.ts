/** What somebody probably has, from the names of the files that they chose. A person may say otherwise: nothing is decided here. */

/** What one may have to begin with; each has a sentence on the page. */
export const SOURCE_KINDS = [
  'csv',
  'workbook',
  'sqlite',
  'portability',
  'fhir',
  'cards',
  'patient-folders',
  'dicom',
  'database',
] as const
export type SourceKind = (typeof SOURCE_KINDS)[number]

const BY_ENDING: Readonly<Record<string, SourceKind>> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  xls: 'workbook',
  xlsx: 'workbook',
  xlsm: 'workbook',
  ods: 'workbook',
  db: 'sqlite',
  sqlite: 'sqlite',
  sqlite3: 'sqlite',
  db3: 'sqlite',
  zip: 'portability',
  json: 'fhir',
  ndjson: 'fhir',
  vcf: 'cards',
  ics: 'cards',
  dcm: 'dicom',
}

/** Of several, what leads to the others: tables name images, an archive holds letters. */
const ORDER: readonly SourceKind[] = ['portability', 'csv', 'workbook', 'sqlite', 'fhir', 'cards', 'dicom', 'patient-folders']

/** The list of a medium, at its top or in the one folder that was chosen. */
const MEDIUM = /^([^/]+\/)?DICOMDIR$/i

/**
 * @param paths with `/` between names, below what was chosen
 * @returns undefined when nothing says it
 */
export function guessKind(paths: readonly string[]): SourceKind | undefined {
  const kinds = new Set(paths.map(kindOf).filter((kind) => kind !== undefined))
  // A medium brings texts and programs along.
  if (paths.some((path) => MEDIUM.test(path)) && !kinds.has('portability')) return 'dicom'
  return ORDER.find((kind) => kinds.has(kind))
}

function kindOf(path: string): SourceKind | undefined {
  const parts = path.split('/')
  const name = (parts.at(-1) ?? '').toLowerCase()
  if (name === 'dicomdir') return 'dicom'
  if (name === 'metadata.xml' || name === 'manifest.xml') return 'portability'
  // A table lies on top; a text among somebody's letters is a letter.
  const kind = BY_ENDING[name.split('.').at(-1) ?? '']
  const isLetter = kind === 'csv' && name.endsWith('.txt') && parts.length > 1
  if (kind !== undefined && !isLetter) return kind
  return parts.length > 1 ? 'patient-folders' : undefined
}
