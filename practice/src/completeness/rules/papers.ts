/** Prescriptions, letters and files. */
import type { Rule } from '../rule.ts'
import { SOURCES } from './sources.ts'

export const PAPER_RULES: readonly Rule[] = [
  {
    id: 'prescription-unsigned',
    version: 1,
    sources: [SOURCES.prescription, SOURCES.contents],
    severity: 'medium',
    scope: 'prescription',
    expects: [
      {
        itself: { all: ['signed'] },
        missing: { fr: 'la signature de l’ordonnance', en: 'the signature of the prescription' },
      },
    ],
    graceDays: 1,
    remedy: { kind: 'complete' },
    title: { fr: 'Ordonnance signée', en: 'Signed prescription' },
    advice: {
      fr: 'Signez l’ordonnance, ou annulez-la si elle n’a pas été remise.',
      en: 'Sign the prescription, or cancel it if it was not handed over.',
    },
  },
  {
    id: 'letter-unanswered',
    version: 1,
    sources: [SOURCES.exchanged, SOURCES.continuity],
    severity: 'medium',
    scope: 'correspondence',
    having: { all: ['awaits-answer'] },
    expects: [
      {
        anyOf: [{ kind: 'correspondence', all: ['answers'], about: 'link' }],
        missing: { fr: 'la réponse à ce courrier', en: 'the answer to this letter' },
      },
    ],
    graceDays: 30,
    remedy: { kind: 'add', entryKind: 'correspondence' },
    title: { fr: 'Courrier répondu ou classé', en: 'Letter answered or filed' },
    advice: {
      fr: 'Répondez, ou corrigez le courrier : il n’attend plus de réponse.',
      en: 'Answer it, or correct the letter: it awaits no answer any more.',
    },
    reading: { fr: 'Trente jours sont notre lecture.', en: 'Thirty days are our reading.' },
  },
  {
    id: 'report-to-referring-doctor-missing',
    version: 1,
    sources: [SOURCES.continuity],
    severity: 'medium',
    scope: 'care-day',
    having: { any: ['surgery', 'endodontics', 'orthodontics', 'periodontics'] },
    given: [{ kind: 'referringDoctor', all: ['referring'] }],
    expects: [
      {
        anyOf: [{ kind: 'correspondence', all: ['out', 'to-doctor'], daysBefore: 0, daysAfter: 366 }],
        missing: { fr: 'un courrier au confrère qui a adressé le patient', en: 'a letter to the colleague who sent the patient' },
      },
    ],
    graceDays: 30,
    remedy: { kind: 'add', entryKind: 'correspondence' },
    title: { fr: 'Compte rendu à qui a adressé le patient', en: 'Report to who sent the patient' },
    advice: {
      fr: 'Écrivez au correspondant ce qui a été fait et la suite.',
      en: 'Write to the colleague what was done and what comes next.',
    },
  },
  {
    id: 'file-missing',
    version: 1,
    sources: [SOURCES.security],
    severity: 'high',
    scope: 'document',
    expects: [
      {
        itself: { all: ['file-present'] },
        missing: { fr: 'le fichier de ce document', en: 'the file of this document' },
      },
    ],
    remedy: { kind: 'file' },
    title: { fr: 'Chaque document a son fichier', en: 'Every document has its file' },
    advice: {
      fr: 'Restaurez le fichier d’une sauvegarde, ou joignez-le de nouveau.',
      en: 'Restore the file from a backup, or attach it again.',
    },
    reading: {
      fr: 'Qu’il est là, et qu’il n’a pas été détruit. Ses octets sont comparés avec leur empreinte quand on l’ouvre.',
      en: 'That it is there and was not destroyed. Its bytes are compared with their hash when it is opened.',
    },
  },
]
