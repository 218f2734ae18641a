/** What one adds most often, one click away; the rest in a list. */
import { ENTRY_KINDS, type NewEntry } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useId } from 'react'
import { useMessages } from '#messages'
import { useRecord } from './record-context.ts'

type NewKind = NewEntry['kind']
const OFTEN: readonly NewKind[] = ['observation', 'procedure', 'appointment']

export function AddMenu() {
  const m = useMessages()
  const id = useId()
  const { mayWrite, addEntry } = useRecord()
  const kinds = ENTRY_KINDS.filter(isAdded).filter(mayWrite)
  if (kinds.length === 0) return null
  const often = OFTEN.filter((kind) => kinds.includes(kind))
  return (
    <div className="add-menu no-print">
      {often.map((kind, i) => (
        <Button key={kind} size="compact-md" variant={i === 0 ? 'filled' : 'default'} onClick={() => addEntry(kind)}>
          {m.patients.adds[kind]}
        </Button>
      ))}
      <label className="unseen" htmlFor={id}>
        {m.patients.addOther}
      </label>
      <select
        id={id}
        className="add-select"
        value=""
        onChange={(event) => {
          if (event.currentTarget.value !== '') addEntry(event.currentTarget.value as NewKind)
        }}
      >
        <option value="">{m.patients.addOther}</option>
        {kinds
          .filter((kind) => !often.includes(kind))
          .map((kind) => (
            <option key={kind} value={kind}>
              {m.patients.adds[kind]}
            </option>
          ))}
      </select>
    </div>
  )
}

/** An identity comes with its patient, a document and a study of images with their bytes. */
function isAdded(kind: string): kind is NewKind {
  return kind !== 'identity' && kind !== 'document' && kind !== 'imagingStudy'
}
