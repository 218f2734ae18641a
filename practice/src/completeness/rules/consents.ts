/** What the patient was told, agreed to, and was told the price of, before an act. */
import type { Evidence, Rule } from '../rule.ts'
import { SOURCES } from './sources.ts'

/** Given, not after the act, and not so old that it was about something else. */
const CONSENTS: readonly Evidence[] = [
  { kind: 'consent', all: ['given'], any: ['of-care', 'of-surgery', 'of-implant'], monthsBefore: 12, daysAfter: 0 },
  // Of any other subject where it names the act.
  { kind: 'consent', all: ['given'], daysAfter: 0, about: 'link' },
  { kind: 'document', all: ['consent-document'], monthsBefore: 12, daysAfter: 0, about: 'tooth' },
]

const CONSENT_MISSING = {
  fr: 'un consentement donné avant l’acte',
  en: 'a consent that was given before the act',
}
const CONSENT_ADVICE = {
  fr: 'S’il a été donné, ajoutez-le avec sa date ou joignez le papier signé. Sinon, dites pourquoi en levant la remarque : un consentement ne se signe pas après coup.',
  en: 'If it was given, add it with its date or attach the signed paper. If not, say why by waiving the finding: a consent is not signed afterwards.',
}
const CONSENT_READING = {
  fr: 'Un devis signé dit l’accord sur le prix, pas l’information sur les risques : il ne compte pas comme consentement. Douze mois sont notre lecture.',
  en: 'A signed quote tells the agreement on the price, not the information on risks: it does not count as a consent. Twelve months are our reading.',
}

const QUOTES: readonly Evidence[] = [
  { kind: 'quote', all: ['signed'], monthsBefore: 18, daysAfter: 0, about: 'tooth' },
  { kind: 'quote', all: ['signed'], daysAfter: 0, about: 'link' },
]
const QUOTE_MISSING = { fr: 'un devis signé avant l’acte', en: 'a quote that was signed before the act' }
const QUOTE_ADVICE = {
  fr: 'S’il existe, ajoutez-le avec le jour de sa signature. Sinon, dites pourquoi en levant la remarque.',
  en: 'If there is one, add it with the day on which it was signed. If not, say why by waiving the finding.',
}
const QUOTE_READING = {
  fr: 'Le jour même compte. Un devis dont les lignes nomment d’autres dents ne compte pas. Dix-huit mois sont notre lecture.',
  en: 'The same day counts. A quote whose lines name other teeth does not. Eighteen months are our reading.',
}

export const CONSENT_RULES: readonly Rule[] = [
  {
    id: 'consent-missing-for-surgery',
    version: 1,
    since: '2002-03-05',
    sources: [SOURCES.consent, SOURCES.information],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done', 'surgery'], none: ['implant-placed'] },
    expects: [{ anyOf: CONSENTS, missing: CONSENT_MISSING }],
    remedy: { kind: 'add', entryKind: 'consent' },
    title: { fr: 'Consentement avant une chirurgie ou une extraction', en: 'Consent before surgery or an extraction' },
    advice: CONSENT_ADVICE,
    reading: CONSENT_READING,
  },
  {
    id: 'consent-missing-for-implant',
    version: 1,
    since: '2002-03-05',
    sources: [SOURCES.consent, SOURCES.information],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done', 'implant-placed'] },
    expects: [{ anyOf: CONSENTS, missing: CONSENT_MISSING }],
    remedy: { kind: 'add', entryKind: 'consent' },
    title: { fr: 'Consentement avant un implant', en: 'Consent before an implant' },
    advice: CONSENT_ADVICE,
    reading: CONSENT_READING,
  },
  {
    id: 'consent-missing-for-prosthesis',
    version: 1,
    since: '2002-03-05',
    sources: [SOURCES.consent, SOURCES.information],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done', 'prosthesis'], none: ['surgery'] },
    expects: [{ anyOf: CONSENTS, missing: CONSENT_MISSING }],
    remedy: { kind: 'add', entryKind: 'consent' },
    title: { fr: 'Consentement avant une prothèse', en: 'Consent before a prosthesis' },
    advice: CONSENT_ADVICE,
    reading: CONSENT_READING,
  },
  {
    id: 'consent-missing-for-orthodontics',
    version: 1,
    since: '2002-03-05',
    sources: [SOURCES.consent, SOURCES.information],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done', 'orthodontics'] },
    expects: [{ anyOf: CONSENTS, missing: CONSENT_MISSING }],
    remedy: { kind: 'add', entryKind: 'consent' },
    title: { fr: 'Consentement avant un traitement d’orthodontie', en: 'Consent before orthodontics' },
    advice: CONSENT_ADVICE,
    reading: CONSENT_READING,
  },
  {
    id: 'consent-missing-for-endodontics',
    version: 1,
    since: '2002-03-05',
    sources: [{ ...SOURCES.consent, sureness: 'uncertain' }, SOURCES.information],
    severity: 'medium',
    scope: 'procedure',
    having: { all: ['done', 'endodontics'] },
    expects: [{ anyOf: CONSENTS, missing: CONSENT_MISSING }],
    remedy: { kind: 'add', entryKind: 'consent' },
    title: { fr: 'Consentement avant une endodontie', en: 'Consent before endodontics' },
    advice: CONSENT_ADVICE,
    reading: {
      fr: 'Demandé surtout quand l’acte comporte un risque, ce que le dossier ne dit pas : d’où une gravité moyenne.',
      en: 'Asked above all where the act bears a risk, which the record does not tell: hence of medium gravity.',
    },
  },
  {
    id: 'representative-consent-missing',
    version: 1,
    since: '2002-03-05',
    sources: [SOURCES.representative],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done', 'minor-at-care'], any: ['surgery', 'prosthesis', 'orthodontics'] },
    expects: [
      {
        anyOf: [
          { kind: 'consent', all: ['given', 'by-representative'], monthsBefore: 12, daysAfter: 0 },
          { kind: 'document', any: ['authorisation-document', 'consent-document'], monthsBefore: 12, daysAfter: 0 },
        ],
        missing: { fr: 'l’accord d’un représentant légal', en: 'the agreement of a representative' },
      },
    ],
    remedy: { kind: 'add', entryKind: 'consent' },
    title: { fr: 'Accord du représentant d’un mineur', en: 'Agreement of a minor’s representative' },
    advice: {
      fr: 'Ajoutez le consentement donné par le représentant, ou joignez l’autorisation de soins.',
      en: 'Add the consent that the representative gave, or attach the authorisation.',
    },
  },
  {
    id: 'quote-missing-for-prosthesis',
    version: 1,
    sources: [SOURCES.quote],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done', 'prosthesis'] },
    expects: [{ anyOf: QUOTES, missing: QUOTE_MISSING }],
    remedy: { kind: 'add', entryKind: 'quote' },
    title: { fr: 'Devis signé avant une prothèse', en: 'Signed quote before a prosthesis' },
    advice: QUOTE_ADVICE,
    reading: QUOTE_READING,
  },
  {
    id: 'quote-missing-for-implant',
    version: 1,
    sources: [SOURCES.quote],
    severity: 'high',
    scope: 'procedure',
    having: { all: ['done', 'implant-placed'] },
    expects: [{ anyOf: QUOTES, missing: QUOTE_MISSING }],
    remedy: { kind: 'add', entryKind: 'quote' },
    title: { fr: 'Devis signé avant un implant', en: 'Signed quote before an implant' },
    advice: QUOTE_ADVICE,
    reading: QUOTE_READING,
  },
]
