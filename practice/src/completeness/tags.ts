/** What completeness knows of an entry, beside its kind, day, teeth and links: words that rules ask for. */

export const ACT_TAGS = [
  'planned',
  'done',
  'dated',
  'signed-by-practitioner',
  'check',
  'prevention',
  'imaging',
  'endodontics',
  'extraction',
  'permanent-tooth',
  'implant-placed',
  'surgery',
  'prosthesis',
  'fixed-prosthesis',
  'orthodontics',
  'periodontics',
  /** anything that is no check, no radiograph */
  'care',
  /** care beyond prevention */
  'treatment',
  'names-its-tooth',
  'tooth-fits',
  'day-is-possible',
] as const

export const OTHER_TAGS = [
  // identity and the record
  'named',
  'sex-known',
  'birth-known',
  'reachable',
  'alive',
  'ins',
  'ins-fits',
  'minor-at-care',
  // people around
  'has-authority',
  'referring',
  // alerts
  'allergy',
  'medication',
  'present',
  // questionnaires
  'signed',
  'says-present',
  // consents
  'given',
  'by-representative',
  'of-surgery',
  'of-implant',
  'of-care',
  // devices
  'implant',
  'prosthesis-device',
  'lot',
  'reference',
  'maker',
  'conformity',
  'card-handed',
  // letters
  'out',
  'to-doctor',
  'awaits-answer',
  'answers',
  // documents
  'questionnaire-document',
  'consent-document',
  'authorisation-document',
  'report-document',
  'imaging-report-document',
  'plan-document',
  'image-document',
  'card-document',
  'chart-document',
  'file-present',
  // observations
  'note',
  'tooth-chart',
  'periodontal-chart',
  // images
  'radiograph',
  'has-report',
  // appointments
  'kept',
  // prescriptions
  'draft',
] as const

export type Tag = (typeof ACT_TAGS)[number] | (typeof OTHER_TAGS)[number]
