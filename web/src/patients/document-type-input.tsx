/** Which type a document is: the few that a practice files most, in its own words; the whole nomenclature a click away. */
import { NativeSelect } from '@mantine/core'
import { type ComponentProps, useState } from 'react'
import { useMessages } from '#messages'
import { allTypes, oftenTypes } from './document-types.ts'

export function DocumentTypeInput({
  chosen,
  onChoose,
  ...common
}: {
  /** its label is shown where the list does not have it */
  readonly chosen: { readonly code: string; readonly label: string } | undefined
  readonly onChoose: (code: string) => void
} & Omit<ComponentProps<typeof NativeSelect>, 'data' | 'value' | 'onChange'>) {
  const m = useMessages()
  const [isWhole, setIsWhole] = useState(false)
  return (
    <div>
      <NativeSelect
        {...common}
        value={chosen?.code ?? ''}
        onChange={({ currentTarget }) => onChoose(currentTarget.value)}
        data={isWhole ? allTypes(chosen) : oftenTypes(chosen, m)}
      />
      <button type="button" className="link" onClick={() => setIsWhole(!isWhole)}>
        {isWhole ? m.patients.typesOften : m.patients.typesAll}
      </button>
    </div>
  )
}
