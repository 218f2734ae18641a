/** The search field of every page: patients as one types, chosen with the arrows or the mouse. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useMessages } from '#messages'
import { PatientFacts } from './patient-line.tsx'
import { foundQuery } from './queries.ts'

const WAIT_MS = 200
const SHOWN_MAX = 8

export function SearchField() {
  const m = useMessages()
  const navigate = useNavigate()
  const listId = useId()
  const [text, setText] = useState('')
  const [isOpen, setIsOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const box = useRef<HTMLElement>(null)
  const asked = useLater(text.trim(), WAIT_MS)
  const { data, isFetching } = useQuery({ ...foundQuery(asked, SHOWN_MAX), enabled: isOpen && asked !== '' })
  const patients = asked === '' || asked !== text.trim() ? [] : (data?.patients ?? [])
  const path = useRouterState({ select: ({ location }) => location.href })
  useEffect(() => {
    setIsOpen(false)
    setActive(-1)
    setText(new URLSearchParams(path.split('?')[1]).get('q') ?? '')
  }, [path])

  const open = (patientId: string) => {
    setIsOpen(false)
    setText('')
    void navigate({ to: '/patients/$patientId', params: { patientId } })
  }
  const openAll = () => {
    setIsOpen(false)
    if (text.trim() !== '') void navigate({ to: '/patients', search: { q: text.trim() } })
  }
  const press = (event: KeyboardEvent) => {
    const last = patients.length
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setIsOpen(true)
      setActive((at) => {
        const next = at + (event.key === 'ArrowDown' ? 1 : -1)
        return next < -1 ? last : next > last ? -1 : next
      })
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault()
      setIsOpen(false)
      setActive(-1)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      const chosen = patients[active] ?? (active === -1 && patients.length === 1 ? patients[0] : undefined)
      if (isOpen && chosen !== undefined) open(chosen.id)
      else openAll()
    }
  }
  const isShown = isOpen && text.trim() !== ''
  return (
    <search
      className="search"
      ref={box}
      onBlur={(event) => {
        if (!box.current?.contains(event.relatedTarget)) setIsOpen(false)
      }}
    >
      <label className="unseen" htmlFor="search">
        {m.shell.search}
      </label>
      <input
        id="search"
        type="text"
        inputMode="search"
        enterKeyHint="search"
        role="combobox"
        autoComplete="off"
        spellCheck={false}
        placeholder={m.shell.search}
        aria-expanded={isShown && patients.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        {...(active >= 0 && isShown ? { 'aria-activedescendant': `${listId}-${active}` } : {})}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setIsOpen(true)
          setActive(-1)
        }}
        onFocus={() => setIsOpen(true)}
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
              onClick={() => open(patient.id)}
            >
              <PatientFacts patient={patient} />
            </div>
          ))}
          {patients.length > 0 && (
            // biome-ignore lint/a11y/useFocusableInteractive: as above
            // biome-ignore lint/a11y/useKeyWithClickEvents: as above
            <div
              id={`${listId}-${patients.length}`}
              role="option"
              className="found-all"
              aria-selected={active === patients.length}
              onPointerDown={(event) => event.preventDefault()}
              onClick={openAll}
            >
              {m.patients.allFound}
            </div>
          )}
        </div>
        <p role="status" className={patients.length > 0 ? 'unseen' : 'found-none'}>
          {isShown && says(isFetching || asked !== text.trim(), data)}
        </p>
      </div>
    </search>
  )

  function says(isWaiting: boolean, found: typeof data): string {
    if (isWaiting || found === undefined) return m.patients.searching
    return found.patients.length === 0 ? m.patients.noneFound : m.patients.found(found.patients.length)
  }
}

/** The value, once it has not changed for a while. */
export function useLater<T>(value: T, waitMs: number): T {
  const [later, setLater] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), waitMs)
    return () => clearTimeout(timer)
  }, [value, waitMs])
  return later
}
