/** Another patient of the practice, found by name, birth date or file number. Found patients are written to the journal as seen. */
import type { PatientLine } from '@couronne/practice/contract'
import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useMessages } from '#messages'
import { Group, type InputProps } from './group.tsx'
import { PatientFacts, spokenName } from './patient-line.tsx'
import { foundQuery } from './queries.ts'
import { useLater } from './use-later.ts'

const WAIT_MS = 300
const SHOWN_MAX = 5

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
  const asked = useLater(text.trim(), WAIT_MS)
  const { data } = useQuery({ ...foundQuery(asked, SHOWN_MAX), enabled: asked.length > 1 && value === '' })
  const found = asked === '' || asked !== text.trim() ? undefined : data?.patients.filter((each) => each.id !== patientId)
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
        <>
          <TextInput
            label={m.patients.linkPatient}
            value={text}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setText(event.currentTarget.value)}
            // The form is not sent by looking for somebody.
            onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
          />
          <div role="status">{found?.length === 0 && m.patients.noneFound}</div>
          {found !== undefined && found.length > 0 && (
            <ul className="plain patient-choices">
              {found.map((patient) => (
                <li key={patient.id}>
                  <Button variant="default" size="compact-md" onClick={() => choose(patient)}>
                    {m.patients.choosePatient(spokenName(patient))}
                  </Button>
                  <PatientFacts patient={patient} />
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </Group>
  )
}
