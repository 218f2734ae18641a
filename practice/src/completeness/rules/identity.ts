/** Who the patient is, who decides for them, and what one must know before touching them. */
import type { Rule } from '../rule.ts'
import { SOURCES } from './sources.ts'

export const IDENTITY_RULES: readonly Rule[] = [
  {
    id: 'identity-incomplete',
    version: 1,
    sources: [SOURCES.contents, SOURCES.dentalRecord],
    severity: 'high',
    scope: 'record',
    having: { all: ['alive'] },
    expects: [
      { itself: { all: ['named'] }, missing: { fr: 'un prénom', en: 'a given name' } },
      { itself: { all: ['birth-known'] }, missing: { fr: 'la date de naissance', en: 'the birth date' } },
      { itself: { all: ['sex-known'] }, missing: { fr: 'le sexe', en: 'the sex' } },
      {
        itself: { all: ['reachable'] },
        missing: { fr: 'un téléphone, une adresse ou un courriel', en: 'a telephone, an address or an e-mail' },
      },
    ],
    remedy: { kind: 'identity' },
    title: { fr: 'Identité complète', en: 'Whole identity' },
    advice: { fr: 'Complétez l’identité du patient.', en: 'Complete the patient’s identity.' },
  },
  {
    id: 'ins-doubtful',
    version: 1,
    sources: [SOURCES.ins],
    severity: 'high',
    scope: 'record',
    having: { all: ['alive', 'ins'] },
    expects: [
      {
        itself: { all: ['ins-fits'] },
        missing: { fr: 'la certitude que l’INS est le sien', en: 'the certainty that the INS is theirs' },
      },
    ],
    remedy: { kind: 'identity' },
    title: { fr: 'INS en accord avec l’identité', en: 'INS that fits the identity' },
    advice: {
      fr: 'Comparez l’INS avec le sexe et la date de naissance, sur une pièce d’identité ; corrigez ce qui est faux.',
      en: 'Compare the INS with the sex and the birth date, on an identity document; correct what is wrong.',
    },
    reading: {
      fr: 'Le numéro commence par le sexe, l’année et le mois de naissance. Il arrive qu’ils diffèrent à bon droit : dites-le alors en levant la remarque.',
      en: 'The number begins with sex, year and month of birth. They may differ rightly: say so then by waiving the finding.',
    },
  },
  {
    id: 'ins-missing',
    version: 1,
    since: '2021-01-01',
    sources: [SOURCES.ins],
    severity: 'low',
    scope: 'record',
    having: { all: ['alive'] },
    expects: [{ itself: { all: ['ins'] }, missing: { fr: 'l’INS', en: 'the INS' } }],
    remedy: { kind: 'identity' },
    title: { fr: 'INS au dossier', en: 'INS in the record' },
    advice: {
      fr: 'Demandez l’INS au téléservice INSi et inscrivez-le.',
      en: 'Ask the INSi service for the INS, and write it down.',
    },
  },
  {
    id: 'representative-missing',
    version: 1,
    sources: [SOURCES.representative],
    severity: 'high',
    scope: 'record',
    having: { all: ['alive', 'minor-at-care'] },
    expects: [
      {
        anyOf: [{ kind: 'relatedPerson', all: ['has-authority'] }],
        missing: { fr: 'qui exerce l’autorité parentale', en: 'who holds parental authority' },
      },
    ],
    remedy: { kind: 'add', entryKind: 'relatedPerson' },
    title: { fr: 'Représentant légal d’un mineur', en: 'Representative of a minor' },
    advice: {
      fr: 'Ajoutez un proche, avec l’autorité parentale ou la tutelle.',
      en: 'Add a related person, with parental authority or guardianship.',
    },
    reading: {
      fr: 'Demandé pour qui a été soigné ici avant ses dix-huit ans. Une mesure de protection d’un majeur ne se devine pas : elle n’est pas contrôlée.',
      en: 'Asked for whoever was treated here before the age of eighteen. Whether an adult is protected cannot be guessed, and is not checked.',
    },
  },
  {
    id: 'medical-questionnaire-missing',
    version: 1,
    sources: [SOURCES.questionnaire, SOURCES.contents],
    severity: 'high',
    scope: 'care-day',
    having: { any: ['care'] },
    expects: [
      {
        anyOf: [
          { kind: 'questionnaire', monthsBefore: 12, daysAfter: 0 },
          { kind: 'document', all: ['questionnaire-document'], monthsBefore: 12, daysAfter: 0 },
        ],
        missing: {
          fr: 'un questionnaire médical de moins de douze mois',
          en: 'a medical questionnaire less than twelve months old',
        },
      },
    ],
    remedy: { kind: 'add', entryKind: 'questionnaire' },
    title: { fr: 'Questionnaire médical de moins d’un an avant les soins', en: 'Medical questionnaire under a year before care' },
    advice: {
      fr: 'Faites remplir et signer le questionnaire à la prochaine venue, ou joignez celui qui est sur papier.',
      en: 'Have the questionnaire filled in and signed at the next visit, or attach the one on paper.',
    },
    reading: {
      fr: 'Demandé le jour de chaque soin ; une consultation ou une radiographie seules n’en demandent pas.',
      en: 'Asked on each day of care; a consultation or a radiograph alone does not ask for it.',
    },
  },
  {
    id: 'medical-questionnaire-unsigned',
    version: 1,
    sources: [SOURCES.questionnaire],
    severity: 'medium',
    scope: 'questionnaire',
    expects: [
      {
        itself: { all: ['signed'] },
        anyOf: [{ kind: 'document', all: ['questionnaire-document'], about: 'link' }],
        missing: { fr: 'la signature du questionnaire', en: 'the signature of the questionnaire' },
      },
    ],
    remedy: { kind: 'complete' },
    title: { fr: 'Questionnaire médical signé', en: 'Signed medical questionnaire' },
    advice: {
      fr: 'Indiquez qui l’a signé et quand, ou joignez le papier signé.',
      en: 'Say who signed it and when, or attach the signed paper.',
    },
  },
  {
    id: 'alerts-unknown',
    version: 1,
    sources: [SOURCES.questionnaire, SOURCES.dentalRecord],
    severity: 'high',
    scope: 'record',
    having: { all: ['alive'] },
    given: [{ kind: 'questionnaire', all: ['says-present'] }],
    expects: [
      {
        anyOf: [
          { kind: 'alert', any: ['allergy', 'medication'] },
          { kind: 'alert', all: ['present'] },
        ],
        missing: {
          fr: 'les alertes qui vont avec le questionnaire : allergies, traitements, ou « aucun »',
          en: 'the alerts that go with the questionnaire: allergies, treatments, or ‘none’',
        },
      },
    ],
    remedy: { kind: 'add', entryKind: 'alert' },
    title: { fr: 'Allergies et traitements connus', en: 'Known allergies and treatments' },
    advice: {
      fr: 'Reprenez dans les alertes ce que le questionnaire dit, « aucun » compris.',
      en: 'Take what the questionnaire says into the alerts, ‘none’ included.',
    },
    reading: {
      fr: 'Contrôlé quand un questionnaire répond « oui » à une question. Sans questionnaire, c’est lui qui manque.',
      en: 'Checked where a questionnaire answers yes to something. Without a questionnaire, that is what is missing.',
    },
  },
]
