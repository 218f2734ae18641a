/** All rules, in the order in which they are shown: by what they are about, the gravest first among equals. */
import type { Rule } from '../rule.ts'
import { ACT_RULES } from './acts.ts'
import { CONSENT_RULES } from './consents.ts'
import { DEVICE_RULES } from './devices.ts'
import { IDENTITY_RULES } from './identity.ts'
import { IMAGING_RULES } from './imaging.ts'
import { PAPER_RULES } from './papers.ts'

export { NOT_CHECKED } from './not-checked.ts'

export const RULES: readonly Rule[] = [
  ...IDENTITY_RULES,
  ...CONSENT_RULES,
  ...IMAGING_RULES,
  ...ACT_RULES,
  ...DEVICE_RULES,
  ...PAPER_RULES,
]
