/** What one must know before touching a patient. */
import type { AlertCategory } from '@couronne/practice/contract'
import type { SampleEntry } from './entry.ts'
import type { Sex } from './names.ts'
import type { SeededRandom } from './random.ts'

/** What may be present, said to be absent, or not recorded; how often, and for whom. */
const ALERTS: readonly {
  readonly category: AlertCategory
  readonly labels: readonly string[]
  readonly present: number
  readonly absent: number
  readonly isFor?: (age: number, sex: Sex) => boolean
}[] = [
  {
    category: 'allergy',
    labels: ['Pénicilline', 'Latex', 'Iode', 'Aspirine', 'Anesthésiques locaux (adrénaline)'],
    present: 0.12,
    absent: 0.55,
  },
  {
    category: 'anticoagulant',
    labels: ['Apixaban 5 mg', 'Warfarine', 'Clopidogrel 75 mg'],
    present: 0.2,
    absent: 0.4,
    isFor: (age) => age > 60,
  },
  { category: 'anticoagulant', labels: [], present: 0, absent: 0.35, isFor: (age) => age <= 60 },
  {
    category: 'medication',
    labels: ['Metformine 850 mg', 'Alendronate 70 mg', 'Ramipril 5 mg', 'Lévothyroxine'],
    present: 0.15,
    absent: 0.3,
  },
  {
    category: 'condition',
    labels: ['Diabète de type 2', 'Hypertension', 'Prothèse valvulaire', 'Asthme'],
    present: 0.25,
    absent: 0.2,
    isFor: (age) => age > 45,
  },
  {
    category: 'pregnancy',
    labels: ['Grossesse en cours'],
    present: 0.04,
    absent: 0.2,
    isFor: (age, sex) => sex === 'F' && age > 17 && age < 45,
  },
  {
    category: 'device',
    labels: ['Stimulateur cardiaque', 'Prothèse de hanche'],
    present: 0.08,
    absent: 0.25,
    isFor: (age) => age > 60,
  },
  { category: 'infection', labels: ['Hépatite B (porteur)', 'VIH (charge virale indétectable)'], present: 0.01, absent: 0.12 },
  { category: 'other', labels: ['Malaise vagal à l’anesthésie', 'Réflexe nauséeux marqué'], present: 0.03, absent: 0 },
]

/** All three states of each: something present, said to be absent, not recorded. Some were asked again since. */
export function inventAlerts(
  random: SeededRandom,
  { age, sex, today }: { readonly age: number; readonly sex: Sex; readonly today: Temporal.PlainDate },
): SampleEntry[] {
  const ago = random.between(10, 1_500)
  const day = (days: number) => today.subtract({ days }).toString()
  const alerts: SampleEntry[] = []
  for (const { category, labels, present, absent, isFor } of ALERTS) {
    if (isFor?.(age, sex) === false) continue
    const isPresent = labels.length > 0 && random.chance(present)
    if (!isPresent && !random.chance(absent)) continue
    const state = isPresent ? { state: 'present' as const, label: random.pick(labels) } : { state: 'absent' as const }
    const askedDays = category === 'pregnancy' ? random.between(5, 120) : ago
    const body = {
      category,
      toldBy: category === 'anticoagulant' && isPresent ? ('doctor' as const) : ('patient' as const),
      recordedOn: day(askedDays),
      ...(askedDays > 300 && random.chance(0.5) ? { checkedOn: day(random.between(1, 300)) } : {}),
      ...state,
      ...(category === 'allergy' && isPresent ? { severity: random.pick(['mild', 'moderate', 'severe'] as const) } : {}),
      ...(category === 'pregnancy' && isPresent ? { to: today.add({ days: random.between(20, 200) }).toString() } : {}),
    }
    alerts.push({ kind: 'alert', body })
  }
  return alerts
}
