/** Which type of document a file most likely is: by what its first bytes are and by what its name says. The reader has the last word. */

/** Bytes of a file's beginning that are looked at. */
export const HEAD_BYTES = 132

type Format = 'dicom' | 'scan' | 'picture' | 'paper'

/** Codes of `DOCUMENT_TYPES`. */
const RADIOGRAPH = '18748-4'
const PHOTOGRAPH = '52040-3'
const OFFICE_PAPER = '51851-4'

/** What stands in a picture's name. A word of nine letters or more also matches what begins with it; a shorter one begins surnames. */
const PICTURE_WORDS: readonly (readonly [code: string, ...words: string[]])[] = [
  [
    RADIOGRAPH,
    'radio',
    'radiograph',
    'radiologi',
    'pano',
    'panoramique',
    'retroalveolaire',
    'retro',
    'bitewing',
    'cbct',
    'conebeam',
    'teleradio',
    'cephalo',
    'cephalometri',
    'opt',
    'rx',
    'xray',
  ],
  [PHOTOGRAPH, 'photo', 'photograph', 'sourire', 'intraoral', 'endobuccal', 'portrait'],
]

/** What stands in a paper's name; more telling words first. */
const PAPER_WORDS: readonly (readonly [code: string, ...words: string[]])[] = [
  ['59284-0', 'consentement', 'consent'],
  ['AUTORIS-SOINS', 'autorisation'],
  ['74465-6', 'questionnaire', 'anamnese'],
  ['PRESC-AAT', 'arret'],
  ['57833-6', 'ordonnance', 'ordo', 'prescription'],
  ['101881-1', 'implantaire'],
  ['89601-9', 'certificat'],
  ['77604-7', 'traitement'],
  ['11502-2', 'sanguin', 'sanguine', 'biologie', 'biologique', 'inr'],
  ['60568-3', 'anapath', 'anatomopathologi', 'biopsie'],
  ['34874-8', 'operatoire', 'cro'],
  ['PIECE-IDENTITE', 'identite', 'cni', 'passeport'],
  [OFFICE_PAPER, 'devis', 'facture', 'facturation', 'honoraires', 'mutuelle', 'attestation', 'vitale', 'feuille'],
  ['96349-6', 'courrier', 'lettre', 'adressage', 'confrere'],
  ['11488-4', 'consultation', 'rendu'],
]

const BY_FORMAT: Readonly<Record<Format, string>> = {
  dicom: RADIOGRAPH,
  // Sensors write TIFF, telephones do not.
  scan: RADIOGRAPH,
  picture: PHOTOGRAPH,
  paper: OFFICE_PAPER,
}

/** @returns a code of `DOCUMENT_TYPES` */
export function proposeType(fileName: string, head: Uint8Array): string {
  const format = formatOf(head)
  const words = wordsOfName(fileName)
  const tables = format === 'paper' ? [PAPER_WORDS, PICTURE_WORDS] : [PICTURE_WORDS, PAPER_WORDS]
  const found = tables.flat().find(([, ...told]) => told.some((word) => words.some((each) => matches(each, word))))
  return format === 'dicom' ? RADIOGRAPH : (found?.[0] ?? BY_FORMAT[format])
}

function formatOf(head: Uint8Array): Format {
  const ascii = String.fromCharCode(...head)
  if (ascii.slice(128, 132) === 'DICM') return 'dicom'
  if (ascii.startsWith('II*\0') || ascii.startsWith('MM\0*')) return 'scan'
  const isPicture =
    ascii.startsWith('\xff\xd8\xff') ||
    ascii.startsWith('\x89PNG') ||
    ascii.startsWith('GIF8') ||
    ascii.startsWith('BM') ||
    ascii.slice(8, 12) === 'WEBP' ||
    /^ftyp(heic|heix|mif1|avif)/.test(ascii.slice(4, 12))
  return isPicture ? 'picture' : 'paper'
}

/** `Pano_Mme-Lefèvre 2024.jpg`: pano, mme, lefevre. */
function wordsOfName(fileName: string): readonly string[] {
  return fileName
    .replace(/\.[^.]{1,8}$/, '')
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
}

function matches(word: string, told: string): boolean {
  if (word === told) return true
  return told.length >= 9 ? word.startsWith(told) : told.length >= 5 && word === `${told}s`
}
