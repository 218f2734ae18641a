/** A field that finds patients as one types, chosen with the arrows or the mouse: the search of every page, and a patient of a form. */
import type { PatientLine } from '@couronne/practice/contract'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useId, useState } from 'react'
import { useMessages } from '#messages'
import { PatientFacts } from './patient-line.tsx'
import { foundQuery } from './queries.ts'

const WAIT_MS = 200
const SHOWN_MAX = 8

export function PatientFinder({
  id,
  text,
  onText,
  onChoose,
  onAll,
  without,
  error,
  placeholder,
}: {
  /** of the input, for its label */
  readonly id: string
  readonly text: string
  readonly onText: (text: string) => void
  readonly onChoose: (patient: PatientLine) => void
  /** shows all that is found somewhere else; absent: there is no such place */
  readonly onAll?: () => void
  /** whose record it is about: not found here */
  readonly without?: string | undefined
  /** the id of what says that it is wrong */
  readonly error?: string | undefined
  readonly placeholder?: string
}) {
  const m = useMessages()
  const listId = useId()
  const [isOpen, setIsOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const [asked] = useDebouncedValue(text.trim(), WAIT_MS)
  const { data, isFetching } = useQuery({ ...foundQuery(asked, SHOWN_MAX), enabled: isOpen && asked !== '' })
  const isAnswer = asked !== '' && asked === text.trim()
  const patients = isAnswer ? (data?.patients ?? []).filter((each) => each.id !== without) : []
  const close = () => {
    setIsOpen(false)
    setActive(-1)
  }
  const choose = (patient: PatientLine) => {
    close()
    onChoose(patient)
  }
  const showAll = () => {
    close()
    onAll?.()
  }
  const press = (event: KeyboardEvent) => {
    const last = onAll === undefined ? patients.length - 1 : patients.length
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setIsOpen(true)
      setActive((at) => {
        const next = at + (event.key === 'ArrowDown' ? 1 : -1)
        return next < -1 ? last : next > last ? -1 : next
      })
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault()
      close()
    } else if (event.key === 'Enter') {
      event.preventDefault()
      const chosen = patients[active] ?? (active === -1 && patients.length === 1 ? patients[0] : undefined)
      if (isOpen && chosen !== undefined) choose(chosen)
      else showAll()
    }
  }
  const isShown = isOpen && text.trim() !== ''
  return (
    <div className="finder">
      <input
        id={id}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        role="combobox"
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        aria-expanded={isShown && patients.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        {...(error === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': error })}
        {...(active >= 0 && isShown ? { 'aria-activedescendant': `${listId}-${active}` } : {})}
        value={text}
        onChange={(event) => {
          onText(event.currentTarget.value)
          setIsOpen(true)
          setActive(-1)
        }}
        onFocus={() => setIsOpen(true)}
        onBlur={close}
        onKeyDown={press}
      />
      <div className="found" hidden={!isShown}>
        <div id={listId} role="listbox" aria-label={m.patients.resultsLabel}>
          {patients.map((patient, i) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus, and says which one is active
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
            <div
              key={patient.id}
              id={`${listId}-${i}`}
              role="option"
              className="found-patient"
              aria-selected={i === active}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => choose(patient)}
            >
              <PatientFacts patient={patient} />
            </div>
          ))}
          {patients.length > 0 && onAll !== undefined && (
            // biome-ignore lint/a11y/useFocusableInteractive: as above
            // biome-ignore lint/a11y/useKeyWithClickEvents: as above
            <div
              id={`${listId}-${patients.length}`}
              role="option"
              className="found-all"
              aria-selected={active === patients.length}
              onPointerDown={(event) => event.preventDefault()}
              onClick={showAll}
            >
              {m.patients.allFound}
            </div>
          )}
        </div>
        <p role="status" className={patients.length > 0 ? 'unseen' : 'found-none'}>
          {isShown && says()}
        </p>
      </div>
    </div>
  )

  function says(): string {
    if (isFetching || !isAnswer || data === undefined) return m.patients.searching
    return patients.length === 0 ? m.patients.noneFound : m.patients.found(patients.length)
  }
}
