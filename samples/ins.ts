/** How sure one is of a patient's identity, and their INS: of the test system, with a right key, so that it is nobody's. */
import { type BodyOf, insKey } from '@couronne/practice/contract'
import type { Sex } from './names.ts'
import type { SeededRandom } from './random.ts'

type Known = Pick<BodyOf<'identity'>, 'status' | 'ins'>

const STATUSES = [
  'provisional',
  'provisional',
  'recovered',
  'validated',
  'validated',
  'qualified',
  'qualified',
  'qualified',
] as const

/** @param number tells this patient's from those born in the same month: 1 to 99,999 */
export function inventIdentityStatus(
  random: SeededRandom,
  patient: { readonly sex: Sex; readonly born: Temporal.PlainDate; readonly number: number; readonly today: Temporal.PlainDate },
): Known {
  const status = random.pick(STATUSES)
  if (status === 'provisional' || status === 'validated') return { status }
  const { sex, born, number, today } = patient
  const month = String(born.month).padStart(2, '0')
  // Born abroad, of a country that INSEE's list does not have: those from 900 on.
  const place = `99${900 + Math.floor(number / 1_000)}`
  const first13 = `${sex === 'F' ? 2 : 1}${String(born.year % 100).padStart(2, '0')}${month}${place}${String(number % 1000).padStart(3, '0')}`
  const checkedOn = today.subtract({ days: random.between(5, 900) }).toString()
  return { status, ins: { number: `${first13}${insKey(first13)}`, kind: 'nir-test', checkedOn } }
}
