/** The search field of every page: leads to the record that is chosen, or to all that is found. */
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useMessages } from '#messages'
import { PatientFinder } from './patient-finder.tsx'

export function SearchField() {
  const m = useMessages()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const path = useRouterState({ select: ({ location }) => location.href })
  useEffect(() => setText(new URLSearchParams(path.split('?')[1]).get('q') ?? ''), [path])
  return (
    <search className="search">
      <label className="unseen" htmlFor="search">
        {m.shell.search}
      </label>
      <PatientFinder
        id="search"
        placeholder={m.shell.search}
        text={text}
        onText={setText}
        onChoose={({ id }) => {
          setText('')
          void navigate({ to: '/patients/$patientId', params: { patientId: id } })
        }}
        onAll={() => {
          if (text.trim() !== '') void navigate({ to: '/patients', search: { q: text.trim() } })
        }}
      />
    </search>
  )
}
