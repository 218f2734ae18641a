/** Whose a new patient is: as the practice's form and the caller's contract say, unless one chooses. */
import { listStewardProposals } from '@couronne/practice/contract'
import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { call } from '#api'
import { useMessages } from '#messages'
import { stewardInWords } from './entry-words.ts'
import type { Values } from './field-specs.ts'
import { readJson } from './field-values.ts'
import { useWords } from './words.ts'

/** Not a field of the identity. Empty: what is proposed first, if anything. */
export const STEWARD = '_steward'
const NOBODY_YET = 'not yet'

export function StewardInput({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const m = useMessages()
  const words = useWords()
  const { data } = useQuery({ queryKey: ['stewards'], queryFn: ({ signal }) => call(listStewardProposals, {}, { signal }) })
  if (data === undefined) return null
  const first = data.first === undefined ? undefined : JSON.stringify(data.first)
  const others = data.all.filter((each) => JSON.stringify(each) !== first)
  const unsaid = { value: first === undefined ? '' : NOBODY_YET, label: m.patients.stewardLater }
  return (
    <NativeSelect
      label={m.patients.kinds.stewardship}
      description={first === undefined ? m.patients.stewardHint : m.patients.stewardGiven}
      inputWrapperOrder={['label', 'input', 'description']}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[
        ...(data.first === undefined ? [] : [{ value: '', label: stewardInWords(data.first.steward, words) }]),
        ...(first === undefined ? [unsaid] : []),
        ...others.map((each) => ({ value: JSON.stringify(each), label: stewardInWords(each.steward, words) })),
        ...(first === undefined ? [] : [unsaid]),
      ]}
    />
  )
}

/** What is sent beside the identity. */
export function stewardshipOf(values: Values): { readonly stewardship?: unknown } {
  const value = String(values[STEWARD] ?? '')
  if (value === '') return {}
  return { stewardship: value === NOBODY_YET ? null : readJson(value) }
}
