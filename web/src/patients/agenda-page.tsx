/** Appointments of a day or a week, by practitioner: given, moved, cancelled; who came and who did not. */
import { APPOINTMENT_STATES } from '@couronne/practice/contract'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { todayIso } from '#messages/today'
import { practitionersQuery } from '#people'
import { useMay } from '#session'
import { Page, Section } from '#shell'
import { setAppointmentState } from './agenda-changes.ts'
import { doubleBooked } from './agenda-times.ts'
import { AppointmentDialog, type AppointmentWish } from './appointment-dialog.tsx'
import { addDays } from './days.ts'
import { spokenName, useBorn } from './patient-line.tsx'
import { type Appointment, appointmentsQuery, refreshAppointments } from './queries.ts'
import { useWords } from './words.ts'

type State = Appointment['state']

export function AgendaPage() {
  const m = useMessages()
  const words = useWords()
  const navigate = useNavigate()
  const { on = todayIso(), span, practitioner = '' } = useSearch({ from: '/inside/agenda' })
  const isWeek = span === 'week'
  const from = isWeek ? mondayOf(on) : on
  const to = isWeek ? addDays(from, 6) : on
  const [said, setSaid] = useState('')
  const { data: people } = useQuery(practitionersQuery)
  const { data, error } = useQuery(appointmentsQuery(from, to, practitioner))
  const go = (change: { on?: string; span?: 'day' | 'week'; practitioner?: string }) => {
    setSaid('')
    void navigate({
      to: '/agenda',
      search: {
        on: change.on ?? on,
        ...((change.span ?? span) === 'week' ? { span: 'week' as const } : {}),
        ...((change.practitioner ?? practitioner) === '' ? {} : { practitioner: change.practitioner ?? practitioner }),
      },
    })
  }
  const step = isWeek ? 7 : 1
  const days = isWeek ? Array.from({ length: 7 }, (_, i) => addDays(from, i)) : [on]
  const mayWrite = useMay('patients.write')
  const [wish, setWish] = useState<AppointmentWish>()
  const doubled = doubleBooked(data?.appointments ?? [])
  return (
    <Page title={m.patients.agenda} lead={m.patients.agendaLead}>
      {mayWrite && (
        <p className="actions no-print">
          <Button onClick={() => setWish({ kind: 'new', day: on, practitionerId: practitioner })}>{m.patients.book}</Button>
        </p>
      )}
      <p role="status" className={said === '' ? 'unseen' : 'good no-print'}>
        {said}
      </p>
      <search className="filters agenda-filters">
        <fieldset className="switch">
          <legend className="unseen">{m.patients.agenda}</legend>
          <button type="button" aria-pressed={!isWeek} onClick={() => go({ span: 'day' })}>
            {m.patients.day}
          </button>
          <button type="button" aria-pressed={isWeek} onClick={() => go({ span: 'week' })}>
            {m.patients.week}
          </button>
        </fieldset>
        <TextInput
          type="date"
          label={m.patients.on}
          value={on}
          onChange={({ currentTarget }) => currentTarget.value !== '' && go({ on: currentTarget.value })}
        />
        <NativeSelect
          label={m.patients.practitionerFilter}
          value={practitioner}
          onChange={({ currentTarget }) => go({ practitioner: currentTarget.value })}
          data={[
            { value: '', label: m.patients.allPractitioners },
            ...(people?.practitioners ?? []).map(({ id, givenName, familyName }) => ({
              value: id,
              label: `${givenName} ${familyName}`,
            })),
          ]}
        />
        <div className="agenda-steps">
          <Button variant="default" onClick={() => go({ on: addDays(on, -step) })}>
            {m.patients.before}
          </Button>
          <Button variant="default" onClick={() => go({ on: todayIso() })}>
            {m.patients.today}
          </Button>
          <Button variant="default" onClick={() => go({ on: addDays(on, step) })}>
            {m.patients.after}
          </Button>
        </div>
      </search>
      {error !== null && <ProblemBox problem={error} />}
      {isWeek && <p className="count">{m.patients.weekOf(words.days.day(from))}</p>}
      {days.map((day) => {
        const ofDay = (data?.appointments ?? []).filter(({ startsAt }) => startsAt.startsWith(day))
        return (
          <Section key={day} title={words.days.weekday(day)}>
            {data === undefined && error === null && <p role="status">{m.forms.waiting}</p>}
            {data !== undefined && ofDay.length === 0 && <p className="nothing">{m.patients.noAppointment}</p>}
            {[...byPractitioner(ofDay)].map(([id, appointments]) => (
              <div key={id} className="agenda-column">
                <h3>{id === '' ? m.patients.noPractitioner : words.practitioner(id)}</h3>
                <ul className="agenda">
                  {appointments.map((appointment, i) => (
                    <AppointmentLine
                      key={appointment.entry?.id ?? `${appointment.startsAt} ${i}`}
                      appointment={appointment}
                      isDoubled={doubled.has(appointment)}
                      onMove={setWish}
                      onChange={() => setSaid('')}
                    />
                  ))}
                </ul>
              </div>
            ))}
          </Section>
        )
      })}
      {wish !== undefined && (
        <AppointmentDialog
          wish={wish}
          onClose={() => setWish(undefined)}
          onDone={(told, day) => {
            setWish(undefined)
            go({ on: day })
            setSaid(told)
          }}
        />
      )}
    </Page>
  )
}

function AppointmentLine({
  appointment,
  isDoubled,
  onMove,
  onChange,
}: {
  readonly appointment: Appointment
  /** another one stands at the same time */
  readonly isDoubled: boolean
  readonly onMove: (wish: AppointmentWish) => void
  readonly onChange: () => void
}) {
  const m = useMessages()
  const { startsAt, minutes, state, entry } = appointment
  const time = startsAt.slice(11, 16)
  return (
    <li data-state={state}>
      <span className="agenda-time">
        {time} <span className="aside">{m.patients.minutes(minutes)}</span>
      </span>
      <div>
        {entry === undefined ? (
          <span>{m.patients.taken}</span>
        ) : (
          <>
            <Link to="/patients/$patientId" params={{ patientId: entry.patient.id }}>
              {spokenName(entry.patient)}
            </Link>
            <Born patient={entry.patient} />
            {entry.reason !== undefined && <span>{entry.reason}</span>}
            {entry.patient.telephone !== undefined && <span className="aside">{entry.patient.telephone}</span>}
          </>
        )}
        {isDoubled && <span className="badge">{m.patients.doubled}</span>}
      </div>
      <span className="agenda-state">{m.patients.choices.appointmentState[state]}</span>
      {entry !== undefined && (
        <StateButtons
          entry={entry}
          state={state}
          label={m.patients.appointmentOf(time, spokenName(entry.patient))}
          onMove={() => onMove({ kind: 'move', appointment: { ...appointment, entry } })}
          onChange={onChange}
        />
      )}
    </li>
  )
}

function Born({ patient }: { readonly patient: NonNullable<Appointment['entry']>['patient'] }) {
  return <span className="aside">{useBorn(patient)}</span>
}

const NEXT: Readonly<Record<State, readonly State[]>> = {
  booked: ['kept', 'missed', 'cancelled'],
  kept: ['booked'],
  missed: ['booked'],
  cancelled: ['booked'],
}

function StateButtons({
  entry,
  state,
  label,
  onMove,
  onChange,
}: {
  readonly entry: NonNullable<Appointment['entry']>
  readonly state: State
  readonly label: string
  readonly onMove: () => void
  readonly onChange: () => void
}) {
  const m = useMessages()
  const queries = useQueryClient()
  const mayWrite = useMay('patients.write')
  const change = useMutation({
    mutationFn: (next: State) => setAppointmentState(entry, next, m.patients.changedInAgenda),
    onMutate: onChange,
    onSettled: () => refreshAppointments(queries),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['patient', entry.patient.id] }),
  })
  if (!mayWrite) return null
  const words = {
    booked: m.patients.setBooked,
    kept: m.patients.setKept,
    missed: m.patients.setMissed,
    cancelled: m.patients.setCancelled,
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: buttons are no fields
    <div role="group" className="agenda-buttons" aria-label={label}>
      {state === 'booked' && (
        <Button size="compact-sm" variant="default" onClick={onMove}>
          {m.patients.setMoved}
        </Button>
      )}
      {APPOINTMENT_STATES.filter((each) => NEXT[state].includes(each)).map((next) => (
        <Button key={next} size="compact-sm" variant="default" loading={change.isPending} onClick={() => change.mutate(next)}>
          {words[next]}
        </Button>
      ))}
      {change.error !== null && <ProblemBox problem={change.error} />}
    </div>
  )
}

function byPractitioner(appointments: readonly Appointment[]): ReadonlyMap<string, Appointment[]> {
  return Map.groupBy(appointments, ({ practitionerId }) => practitionerId ?? '')
}

function mondayOf(day: string): string {
  const weekday = new Date(`${day}T12:00:00`).getDay()
  return addDays(day, weekday === 0 ? -6 : 1 - weekday)
}
