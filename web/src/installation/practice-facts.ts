/** How a practice names itself, as a form holds it: empty texts are what is not said. */
import { DEFAULT_TIME_ZONE, type PracticeFacts } from '@couronne/practice/contract'
import type { FieldErrors } from '#forms'
import type { Messages } from '#messages'

export type FactValues = {
  legalForm: string
  siret: string
  finess: string
  address: string
  postalCode: string
  town: string
  telephone: string
  email: string
  timeZone: string
}

export const NO_FACTS: FactValues = {
  legalForm: '',
  siret: '',
  finess: '',
  address: '',
  postalCode: '',
  town: '',
  telephone: '',
  email: '',
  timeZone: DEFAULT_TIME_ZONE,
}

const NAMES = Object.keys(NO_FACTS) as readonly (keyof FactValues)[]

export function valuesOfFacts(facts: PracticeFacts): FactValues {
  return Object.fromEntries(NAMES.map((name) => [name, facts[name] ?? NO_FACTS[name]])) as FactValues
}

/** What the server takes: spaces in numbers are how people write them. */
export function factsOf(values: FactValues): PracticeFacts {
  const said = NAMES.flatMap((name) => {
    const text = values[name].trim()
    if (text === '') return []
    return [[name, name === 'siret' || name === 'finess' ? text.replaceAll(/\s/g, '') : text]]
  })
  return Object.fromEntries(said) as PracticeFacts
}

export function checkFacts(values: FactValues, m: Messages): FieldErrors<FactValues> {
  const { siret, finess, email } = factsOf(values)
  return {
    siret: siret === undefined || isSiret(siret) ? undefined : m.installation.siretWrong,
    finess: finess === undefined || /^[0-9AB]{9}$/i.test(finess) ? undefined : m.installation.finessWrong,
    email: email === undefined || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) ? undefined : m.forms.emailWrong,
  }
}

/** 14 digits whose Luhn sum is a multiple of ten (INSEE); the post office's own numbers alone break the rule. */
export function isSiret(text: string): boolean {
  if (!/^\d{14}$/.test(text)) return false
  if (text.startsWith('356000000')) return true
  const sum = [...text].reduce((total, digit, index) => {
    const weighted = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return total + (weighted > 9 ? weighted - 9 : weighted)
  }, 0)
  return sum % 10 === 0
}
