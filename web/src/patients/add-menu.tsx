/** What one adds most often, one click away; the rest in a list. */
import { ENTRY_KINDS, type EntryKind } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useId } from 'react'
import { useMessages } from '#messages'
import { useRecord } from './record-context.ts'

const OFTEN: readonly EntryKind[] = ['observation', 'procedure', 'appointment']
const NOT_HERE: ReadonlySet<EntryKind> = new Set(['identity', 'document'])

export function AddMenu() {
  const m = useMessages()
  const id = useId()
  const { mayWrite, addEntry } = useRecord()
  const kinds = ENTRY_KINDS.filter((kind) => !NOT_HERE.has(kind) && mayWrite(kind))
  if (kinds.length === 0) return null
  const often = OFTEN.filter((kind) => kinds.includes(kind))
  return (
    <div className="add-menu no-print">
      {often.map((kind, i) => (
        <Button key={kind} size="compact-md" variant={i === 0 ? 'filled' : 'default'} onClick={() => addEntry(kind)}>
          {m.patients.addTo(m.patients.kinds[kind])}
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
          if (event.currentTarget.value !== '') addEntry(event.currentTarget.value as EntryKind)
        }}
      >
        <option value="">{m.patients.addOther}</option>
        {kinds
          .filter((kind) => !often.includes(kind))
          .map((kind) => (
            <option key={kind} value={kind}>
              {m.patients.kinds[kind]}
            </option>
          ))}
      </select>
    </div>
  )
}
