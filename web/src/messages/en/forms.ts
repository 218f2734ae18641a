import type { forms as French } from '../fr/forms.ts'
import { plural } from '../plural.ts'

export const forms: typeof French = {
  optional: (label) => `${label} (optional)`,
  showOrHide: 'Show or hide what is typed',
  draftBack: 'Here is what you had begun to write.',
  draftDrop: 'Clear it',
  toMend: plural('en', { one: 'One answer needs correcting:', other: '# answers need correcting:' }),
  waitFor: (seconds) => `Try again in ${seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`}.`,
  codeIs: (code) => `(code: ${code})`,
  close: 'Close',
  cancel: 'Cancel',
  back: 'Back',
  next: 'Continue',
  save: 'Save',
  saved: 'Saved.',
  remove: 'Remove',
  waiting: 'One moment…',
  notSaid: 'Not given',
  nameDiffers: (name) => `Type exactly: ${name}`,
  typeName: (name) => `To confirm, type: ${name}`,
  passwordHint: (length) => `At least ${length} characters. Three or four words are better than a complicated one.`,
  passwordShort: (length) => `The password has at least ${length} characters.`,
  again: 'The same, once more',
  againDiffers: 'The two passwords differ.',
  emailWrong: 'An e-mail address looks like name@example.org.',
  between: (least, most) => `A whole number between ${least} and ${most}.`,
}
