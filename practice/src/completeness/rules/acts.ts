/** The acts themselves: what was seen, thought, planned, done and written down. */
import type { Rule } from '../rule.ts'
import { SOURCES } from './sources.ts'

export const ACT_RULES: readonly Rule[] = [
  {
    id: 'first-examination-missing',
    version: 1,
    sources: [SOURCES.contents, SOURCES.dentalRecord],
    severity: 'medium',
    scope: 'record',
    given: [{ kind: 'procedure', all: ['done', 'care'] }],
    having: { all: ['alive'] },
    expects: [
      {
        anyOf: [
          { kind: 'observation', any: ['note', 'tooth-chart'] },
          { kind: 'document', any: ['report-document', 'plan-document', 'chart-document'] },
        ],
        missing: { fr: 'un motif, un examen ou un schéma dentaire', en: 'a reason, an examination or a dental chart' },
      },
    ],
    remedy: { kind: 'add', entryKind: 'observation' },
    title: { fr: 'Examen initial et schéma dentaire', en: 'First examination and dental chart' },
    advice: {
      fr: 'Notez le motif, l’examen et l’état des dents ; le schéma dentaire se remplit en une observation.',
      en: 'Write down the reason, the examination and the state of the teeth; an observation fills the dental chart.',
    },
  },
  {
    id: 'diagnosis-or-plan-missing',
    version: 1,
    sources: [SOURCES.contents, SOURCES.dentalRecord],
    severity: 'medium',
    scope: 'care-day',
    having: { any: ['endodontics', 'surgery', 'prosthesis', 'orthodontics', 'periodontics'] },
    expects: [
      {
        anyOf: [
          { kind: 'observation', any: ['note', 'tooth-chart', 'periodontal-chart'], monthsBefore: 12, daysAfter: 1 },
          { kind: 'document', any: ['report-document', 'plan-document', 'chart-document'], monthsBefore: 12, daysAfter: 1 },
          { kind: 'quote', monthsBefore: 12, daysAfter: 0 },
          { kind: 'correspondence', monthsBefore: 12, daysAfter: 1 },
        ],
        missing: { fr: 'un diagnostic ou un plan de traitement', en: 'a diagnosis or a treatment plan' },
      },
    ],
    graceDays: 2,
    remedy: { kind: 'add', entryKind: 'observation' },
    title: { fr: 'Diagnostic et plan de traitement', en: 'Diagnosis and treatment plan' },
    advice: {
      fr: 'Notez le diagnostic et ce qui a été décidé, avec les autres possibilités.',
      en: 'Write down the diagnosis and what was decided, with the alternatives.',
    },
  },
  {
    id: 'act-date-missing',
    version: 1,
    sources: [SOURCES.datedAndSigned, SOURCES.contents],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done'] },
    expects: [{ itself: { all: ['dated'] }, missing: { fr: 'le jour de l’acte', en: 'the day of the act' } }],
    remedy: { kind: 'complete' },
    title: { fr: 'Acte daté', en: 'Dated act' },
    advice: { fr: 'Corrigez l’acte et donnez son jour.', en: 'Correct the act, and give its day.' },
  },
  {
    id: 'act-day-impossible',
    version: 1,
    sources: [SOURCES.contents],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done', 'dated'] },
    expects: [
      {
        itself: { all: ['day-is-possible'] },
        missing: {
          fr: 'un jour possible : avant la naissance ou après le décès',
          en: 'a possible day: before birth or after death',
        },
      },
    ],
    remedy: { kind: 'complete' },
    title: { fr: 'Jour possible pour l’acte', en: 'Possible day of the act' },
    advice: {
      fr: 'Vérifiez le jour de l’acte, et que l’acte est bien de ce patient.',
      en: 'Check the day of the act, and that the act is this patient’s.',
    },
  },
  {
    id: 'act-practitioner-missing',
    version: 1,
    sources: [SOURCES.datedAndSigned, SOURCES.contents],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done'] },
    expects: [{ itself: { all: ['signed-by-practitioner'] }, missing: { fr: 'qui a fait l’acte', en: 'who did the act' } }],
    remedy: { kind: 'complete' },
    title: { fr: 'Praticien de chaque acte', en: 'Practitioner of each act' },
    advice: { fr: 'Corrigez l’acte et nommez le praticien.', en: 'Correct the act, and name the practitioner.' },
  },
  {
    id: 'act-tooth-missing',
    version: 1,
    sources: [SOURCES.ccam],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done'] },
    expects: [
      {
        itself: { all: ['names-its-tooth'] },
        missing: { fr: 'la dent que ce code demande', en: 'the tooth that this code asks for' },
      },
    ],
    remedy: { kind: 'complete' },
    title: { fr: 'Dent de l’acte', en: 'Tooth of the act' },
    advice: { fr: 'Corrigez l’acte et nommez la dent.', en: 'Correct the act, and name the tooth.' },
  },
  {
    id: 'act-tooth-does-not-fit',
    version: 1,
    sources: [SOURCES.ccam],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done'] },
    expects: [
      {
        itself: { all: ['tooth-fits'] },
        missing: {
          fr: 'un accord entre le code et la dent (temporaire ou permanente, 38 et 48…)',
          en: 'an agreement between code and tooth (temporary or permanent, 38 and 48…)',
        },
      },
    ],
    remedy: { kind: 'complete' },
    title: { fr: 'Dent qui va avec le code', en: 'Tooth that goes with the code' },
    advice: { fr: 'Corrigez la dent ou le code de l’acte.', en: 'Correct the tooth or the code of the act.' },
    reading: {
      fr: 'Contrôlé pour les trente-six codes de la liste d’essai ; les autres ne disent pas à Couronne quelles dents vont.',
      en: 'Checked for the thirty-six codes of the trial list; others do not tell Couronne which teeth go.',
    },
  },
  {
    id: 'care-without-note',
    version: 1,
    sources: [SOURCES.contents],
    severity: 'low',
    scope: 'care-day',
    having: { any: ['treatment'] },
    expects: [
      {
        anyOf: [
          { kind: 'observation', daysBefore: 0, daysAfter: 2 },
          { kind: 'document', any: ['report-document', 'chart-document'], daysBefore: 0, daysAfter: 2 },
        ],
        missing: { fr: 'une note de ce qui a été fait', en: 'a note of what was done' },
      },
    ],
    graceDays: 2,
    remedy: { kind: 'add', entryKind: 'observation' },
    title: { fr: 'Note de la séance', en: 'Note of the session' },
    advice: {
      fr: 'Notez ce qui a été fait, avec quels matériaux, l’anesthésie, et les suites.',
      en: 'Write down what was done, with which materials, the anaesthesia, and what followed.',
    },
  },
  {
    id: 'visit-without-care',
    version: 1,
    sources: [SOURCES.contents],
    severity: 'low',
    scope: 'appointment',
    having: { all: ['kept'] },
    expects: [
      {
        anyOf: (
          [
            'procedure',
            'observation',
            'document',
            'prescription',
            'correspondence',
            'quote',
            'questionnaire',
            'consent',
            'device',
            'imagingStudy',
          ] as const
        ).map((kind) => ({ kind, daysBefore: 0, daysAfter: 2 })),
        missing: { fr: 'un mot de ce qui s’est passé à ce rendez-vous', en: 'a word of what happened at this appointment' },
      },
    ],
    graceDays: 2,
    remedy: { kind: 'add', entryKind: 'observation' },
    title: { fr: 'Rendez-vous tenu, dossier écrit', en: 'Appointment kept, record written' },
    advice: {
      fr: 'Notez ce qui a été vu ou fait, ou corrigez l’état du rendez-vous.',
      en: 'Write down what was seen or done, or correct the state of the appointment.',
    },
  },
  {
    id: 'act-without-visit',
    version: 1,
    sources: [SOURCES.contents],
    severity: 'low',
    scope: 'care-day',
    given: [{ kind: 'appointment', all: ['kept'] }],
    expects: [
      {
        anyOf: [{ kind: 'appointment', all: ['kept'], daysBefore: 1, daysAfter: 1 }],
        missing: { fr: 'un rendez-vous tenu ce jour-là', en: 'an appointment that was kept that day' },
      },
    ],
    remedy: { kind: 'complete' },
    title: { fr: 'Acte sans venue', en: 'Act without a visit' },
    advice: {
      fr: 'Vérifiez le jour de l’acte et qu’il est bien de ce patient ; un soin sans rendez-vous se lève en le disant.',
      en: 'Check the day of the act, and that it is this patient’s; care without an appointment is waived by saying so.',
    },
    reading: {
      fr: 'Contrôlé seulement pour les dossiers qui ont au moins un rendez-vous tenu.',
      en: 'Checked only for records with at least one appointment that was kept.',
    },
  },
  {
    id: 'periodontal-chart-missing',
    version: 1,
    sources: [{ ...SOURCES.contents, sureness: 'uncertain' }],
    severity: 'low',
    scope: 'care-day',
    having: { any: ['periodontics'] },
    expects: [
      {
        anyOf: [
          { kind: 'observation', all: ['periodontal-chart'], monthsBefore: 12, daysAfter: 0 },
          { kind: 'document', any: ['chart-document', 'plan-document'], monthsBefore: 12, daysAfter: 0 },
        ],
        missing: { fr: 'un sondage parodontal', en: 'a periodontal chart' },
      },
    ],
    remedy: { kind: 'add', entryKind: 'observation' },
    title: { fr: 'Sondage avant un traitement parodontal', en: 'Periodontal chart before periodontal care' },
    advice: { fr: 'Ajoutez le sondage, ou joignez-le.', en: 'Add the chart, or attach it.' },
  },
]
