/** What was put into the mouth: from whom, of which lot, and what the patient was given about it. */
import type { Rule } from '../rule.ts'
import { SOURCES } from './sources.ts'

export const DEVICE_RULES: readonly Rule[] = [
  {
    id: 'implant-not-traced',
    version: 1,
    since: '2007-01-26',
    sources: [SOURCES.implantTrace],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done', 'implant-placed'] },
    expects: [
      {
        anyOf: [{ kind: 'device', all: ['implant', 'lot', 'reference'], daysBefore: 31, daysAfter: 31, about: 'tooth' }],
        missing: { fr: 'la référence et le lot de l’implant', en: 'the implant’s reference and lot' },
      },
    ],
    graceDays: 2,
    remedy: { kind: 'add', entryKind: 'device' },
    title: { fr: 'Traçabilité de l’implant', en: 'Traceability of the implant' },
    advice: {
      fr: 'Ajoutez le dispositif avec sa référence et son lot : ils sont sur l’étiquette.',
      en: 'Add the device with its reference and lot: they stand on the label.',
    },
  },
  {
    id: 'implant-card-missing',
    version: 1,
    since: '2021-05-26',
    sources: [SOURCES.implantCard],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done', 'implant-placed'] },
    expects: [
      {
        anyOf: [
          { kind: 'device', all: ['implant', 'card-handed'], daysBefore: 31, daysAfter: 366, about: 'tooth' },
          { kind: 'document', all: ['card-document'], daysBefore: 31, daysAfter: 366, about: 'tooth' },
        ],
        missing: { fr: 'la carte d’implant remise au patient', en: 'the implant card handed to the patient' },
      },
    ],
    graceDays: 31,
    remedy: { kind: 'add', entryKind: 'device' },
    title: { fr: 'Carte d’implant remise', en: 'Implant card handed over' },
    advice: {
      fr: 'Notez sur le dispositif le jour où la carte a été remise, ou joignez sa copie.',
      en: 'Write on the device the day on which the card was handed over, or attach its copy.',
    },
    reading: {
      fr: 'L’article dispense les obturations, couronnes, vis et autres, pas le corps de l’implant.',
      en: 'The article exempts fillings, crowns, screws and the like, not the implant’s body.',
    },
  },
  {
    id: 'prosthesis-not-traced',
    version: 1,
    since: '2021-05-26',
    sources: [SOURCES.madeToMeasure],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done', 'prosthesis'] },
    expects: [
      {
        anyOf: [{ kind: 'device', all: ['prosthesis-device', 'maker'], daysBefore: 92, daysAfter: 92, about: 'tooth' }],
        missing: { fr: 'le fabricant de la prothèse', en: 'the prosthesis’s maker' },
      },
      {
        anyOf: [
          { kind: 'device', all: ['prosthesis-device', 'conformity'], daysBefore: 92, daysAfter: 92, about: 'tooth' },
          { kind: 'device', all: ['prosthesis-device', 'lot'], daysBefore: 92, daysAfter: 92, about: 'tooth' },
        ],
        missing: { fr: 'sa déclaration de conformité ou son lot', en: 'its statement of conformity or its lot' },
      },
    ],
    graceDays: 7,
    remedy: { kind: 'add', entryKind: 'device' },
    title: { fr: 'Traçabilité de la prothèse', en: 'Traceability of the prosthesis' },
    advice: {
      fr: 'Ajoutez le dispositif avec le laboratoire et la déclaration de conformité qu’il a jointe.',
      en: 'Add the device with the laboratory and the statement of conformity that came with it.',
    },
    reading: {
      fr: 'Avant le 26 mai 2021, la directive 93/42 demandait presque la même chose : ces prothèses-là ne sont pas contrôlées.',
      en: 'Before 26 May 2021, directive 93/42 asked for nearly the same: those prostheses are not checked.',
    },
  },
]
