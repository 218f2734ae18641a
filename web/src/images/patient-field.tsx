/** Whose it is: a patient who is found as one types, and shown with what tells namesakes apart. */
import type { PatientLine } from '@couronne/practice/contract'
import { useState } from 'react'
import { useMessages } from '#messages'
import { PatientFacts, PatientFinder } from '#patients/parts'

export function PatientField({
  id,
  chosen,
  onChoose,
  without,
  error,
}: {
  /** of its input */
  readonly id: string
  readonly chosen: PatientLine | undefined
  readonly onChoose: (patient: PatientLine | undefined) => void
  /** whose record it is in: not found here */
  readonly without?: string
  readonly error: string | undefined
}) {
  const m = useMessages()
  const [text, setText] = useState('')
  if (chosen !== undefined)
    return (
      <div className="chosen-patient image-patient">
        <PatientFacts patient={chosen} />
        <button type="button" className="link" onClick={() => onChoose(undefined)}>
          {m.images.otherPatient}
        </button>
      </div>
    )
  return (
    <div className="patient-field">
      <label className="field-label" htmlFor={id}>
        {m.images.whose}
      </label>
      <PatientFinder
        id={id}
        text={text}
        onText={setText}
        onChoose={onChoose}
        without={without}
        {...(error === undefined ? {} : { error: `${id}-error` })}
      />
      {error !== undefined && (
        <p id={`${id}-error`} className="bad">
          {error}
        </p>
      )}
    </div>
  )
}
