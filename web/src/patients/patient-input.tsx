/** Another patient of the practice, found by name, birth date or file number. Found patients are written to the journal as seen. */
import type { PatientLine } from '@couronne/practice/contract'
import { useState } from 'react'
import { useMessages } from '#messages'
import { Group, type InputProps } from './group.tsx'
import { PatientFinder } from './patient-finder.tsx'
import { spokenName } from './patient-line.tsx'

export function PatientInput({
  id,
  field,
  fills,
  value,
  error,
  patientId,
  onChange,
  onFill,
}: InputProps & { readonly fills: readonly [family: string, given: string] }) {
  const m = useMessages()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<PatientLine>()
  const choose = (patient: PatientLine) => {
    setChosen(patient)
    setText('')
    onChange(patient.id)
    const [family, given] = fills
    const givenName = patient.usedGivenName ?? patient.givenNames[0]
    onFill?.({
      [family]: patient.usedName ?? patient.birthName,
      ...(givenName === undefined ? {} : { [given]: givenName }),
    })
  }
  const unlink = () => {
    onChange('')
    // Of a link that was there before, the names were perhaps typed: they stay until somebody else is chosen.
    if (chosen?.id === value) onFill?.({})
  }
  return (
    <Group
      id={id}
      label={m.patients.labels[field.label]}
      hint={field.hint === undefined ? undefined : m.patients.hints[field.hint]}
      error={error}
    >
      {value !== '' ? (
        <p className="chosen-patient">
          <strong>{chosen?.id === value ? spokenName(chosen) : m.patients.alsoPatient}</strong>{' '}
          <button type="button" className="link" onClick={unlink}>
            {m.patients.unlinkPatient}
          </button>
        </p>
      ) : (
        <div className="patient-field">
          <label className="field-label" htmlFor={`${id}-finder`}>
            {m.patients.linkPatient}
          </label>
          <PatientFinder id={`${id}-finder`} text={text} onText={setText} onChoose={choose} without={patientId} />
        </div>
      )}
    </Group>
  )
}
