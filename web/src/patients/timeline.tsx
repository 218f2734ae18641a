/** The whole record by its days, newest first; or one kind of it. */
import { ENTRY_KINDS, type EntryKind } from '@couronne/practice/contract'
import { Checkbox, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { useMessages } from '#messages'
import { EntryList } from './entry-list.tsx'
import { useRecord } from './record-context.ts'

export function Timeline() {
  const m = useMessages()
  const { patient, mayRead, breakGlass } = useRecord()
  const [kind, setKind] = useState<EntryKind>()
  const [withWithdrawn, setWithWithdrawn] = useState(false)
  const kinds = ENTRY_KINDS.filter((each) => mayRead(each) && (patient.counts[each] ?? 0) > 0)
  return (
    <>
      <h2>{m.patients.timelineTitle}</h2>
      {!mayRead('procedure') && (
        <p className="note">
          {m.patients.someClosed}{' '}
          {patient.access.mayBreakGlass && (
            <button type="button" className="link" onClick={breakGlass}>
              {m.patients.breakGlass}
            </button>
          )}
        </p>
      )}
      <div className="filters">
        <NativeSelect
          label={m.patients.filterKind}
          value={kind ?? ''}
          onChange={({ currentTarget }) => setKind(currentTarget.value === '' ? undefined : (currentTarget.value as EntryKind))}
          data={[
            { value: '', label: m.patients.everything },
            ...kinds.map((value) => ({ value, label: `${m.patients.kindsMany[value]} (${patient.counts[value]})` })),
          ]}
        />
        <Checkbox
          label={m.patients.withWithdrawn}
          checked={withWithdrawn}
          onChange={(event) => setWithWithdrawn(event.currentTarget.checked)}
        />
      </div>
      <EntryList key={`${kind} ${withWithdrawn}`} kind={kind} withWithdrawn={withWithdrawn} />
    </>
  )
}
