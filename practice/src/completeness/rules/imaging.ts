/** Radiographs: before which acts, and what goes with each of them. */
import type { Evidence, Rule } from '../rule.ts'
import { SOURCES } from './sources.ts'

/** An image, a report of one, or the act of taking one: where that has left no image, `image-missing-for-billed-radiograph` says so. */
function radiographs(times: Pick<Evidence, 'monthsBefore' | 'daysBefore' | 'daysAfter'>): readonly Evidence[] {
  return [
    { kind: 'imagingStudy', all: ['radiograph'], ...times, about: 'tooth' },
    { kind: 'procedure', all: ['done', 'imaging'], ...times, about: 'tooth' },
    { kind: 'document', any: ['image-document', 'imaging-report-document'], ...times, about: 'tooth' },
  ]
}

const BEFORE = radiographs({ monthsBefore: 12, daysAfter: 0 })
const MISSING_BEFORE = {
  fr: 'une radiographie de la dent, de moins de douze mois, avant l’acte',
  en: 'a radiograph of the tooth, under twelve months old, before the act',
}
const ADVICE_BEFORE = {
  fr: 'Si elle existe, joignez-la ou rattachez-la depuis le plateau d’images. Sinon, dites pourquoi en levant la remarque.',
  en: 'If there is one, attach it or take it from the tray of images. If not, say why by waiving the finding.',
}
const READING_BEFORE = {
  fr: 'Le jour même compte, et une panoramique vaut pour toutes les dents. Aucun texte ne donne de délai : douze mois sont notre lecture.',
  en: 'The same day counts, and a panoramic radiograph is one of every tooth. No text gives a time: twelve months are our reading.',
}

function before(id: string, having: Rule['having'] & object, title: Rule['title']): Rule {
  return {
    id,
    version: 1,
    sources: [SOURCES.radiograph, SOURCES.contents],
    severity: 'high',
    scope: 'procedure',
    having,
    expects: [{ anyOf: BEFORE, missing: MISSING_BEFORE }],
    remedy: { kind: 'file' },
    title,
    advice: ADVICE_BEFORE,
    reading: READING_BEFORE,
  }
}

export const IMAGING_RULES: readonly Rule[] = [
  before(
    'radiograph-missing-before-extraction',
    { all: ['done', 'extraction', 'permanent-tooth'] },
    { fr: 'Radiographie avant l’extraction d’une dent permanente', en: 'Radiograph before a permanent tooth is extracted' },
  ),
  before(
    'radiograph-missing-before-endodontics',
    { all: ['done', 'endodontics'] },
    { fr: 'Radiographie avant une endodontie', en: 'Radiograph before endodontics' },
  ),
  before(
    'radiograph-missing-before-implant',
    { all: ['done', 'implant-placed'] },
    { fr: 'Radiographie avant un implant', en: 'Radiograph before an implant' },
  ),
  before(
    'radiograph-missing-before-prosthesis',
    { all: ['done', 'fixed-prosthesis'] },
    { fr: 'Radiographie avant une prothèse sur une dent', en: 'Radiograph before a prosthesis on a tooth' },
  ),
  {
    id: 'radiograph-missing-after-endodontics',
    version: 1,
    sources: [SOURCES.radiograph, SOURCES.contents],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done', 'endodontics', 'permanent-tooth'] },
    expects: [
      {
        anyOf: radiographs({ daysBefore: 0, daysAfter: 366 }),
        missing: { fr: 'une radiographie de contrôle de la dent', en: 'a radiograph of the tooth afterwards' },
      },
    ],
    graceDays: 7,
    remedy: { kind: 'file' },
    title: { fr: 'Radiographie de contrôle après une endodontie', en: 'Radiograph after endodontics' },
    advice: ADVICE_BEFORE,
    reading: {
      fr: 'Une radiographie du jour de l’acte compte : le dossier ne dit pas si elle fut prise avant ou après.',
      en: 'A radiograph of the day of the act counts: the record does not tell whether it was taken before or after.',
    },
  },
  {
    id: 'image-missing-for-billed-radiograph',
    version: 1,
    sources: [SOURCES.justification, SOURCES.contents],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done', 'imaging'] },
    expects: [
      {
        anyOf: [
          { kind: 'imagingStudy', daysBefore: 1, daysAfter: 7, about: 'tooth' },
          { kind: 'document', all: ['image-document'], daysBefore: 1, daysAfter: 7, about: 'tooth' },
        ],
        missing: { fr: 'l’image de cette radiographie', en: 'the image of this radiograph' },
      },
    ],
    graceDays: 2,
    remedy: { kind: 'file' },
    title: { fr: 'Image de chaque radiographie faite ou facturée', en: 'An image for each radiograph done or billed' },
    advice: {
      fr: 'Cherchez l’image dans le plateau d’images ou sur l’appareil et joignez-la. Si elle est perdue, dites-le en levant la remarque.',
      en: 'Look for the image in the tray or on the device, and attach it. If it is lost, say so by waiving the finding.',
    },
  },
  {
    id: 'imaging-report-missing',
    version: 1,
    sources: [SOURCES.dose, SOURCES.justification],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done', 'imaging'] },
    expects: [
      {
        anyOf: [
          { kind: 'imagingStudy', all: ['has-report'], daysBefore: 1, daysAfter: 31 },
          { kind: 'document', any: ['imaging-report-document', 'report-document'], daysBefore: 1, daysAfter: 31 },
          { kind: 'observation', all: ['note'], daysBefore: 1, daysAfter: 31 },
        ],
        missing: { fr: 'un compte rendu de la radiographie', en: 'a report of the radiograph' },
      },
    ],
    graceDays: 7,
    remedy: { kind: 'add', entryKind: 'observation' },
    title: { fr: 'Compte rendu de chaque radiographie', en: 'A report of each radiograph' },
    advice: {
      fr: 'Écrivez ce que l’image montre, pourquoi elle a été faite et la dose ; une note du jour suffit.',
      en: 'Write what the image shows, why it was taken, and the dose; a note of the day is enough.',
    },
    reading: {
      fr: 'Le compte rendu de la consultation ou une note dans le mois comptent. Ce qu’ils disent de la justification et de la dose n’est pas lu.',
      en: 'The report of the consultation or a note within the month count. What they say of justification and dose is not read.',
    },
  },
]
