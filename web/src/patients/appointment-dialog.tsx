/** Giving an appointment from the diary, and moving one: a free time, whom, with whom, how long, why. Two at once are said, not refused. */
import { type PatientLine, type Practitioner, roleOn } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Problem } from '#api'
import { ChoiceField, Dialog, type Form, FormBox, fieldId, ProblemBox, TextField, useForm } from '#forms'
import { useMessages } from '#messages'
import { todayIso } from '#messages/today'
import { practitionersQuery } from '#people'
import { meQuery } from '#session'
import { type AppointmentNow, getAppointment, giveAppointment, moveAppointment } from './agenda-changes.ts'
import { freeTimes, meets } from './agenda-times.ts'
import { AppointmentQuicker } from './appointment-quicker.tsx'
import { PatientFinder } from './patient-finder.tsx'
import { PatientFacts, spokenName } from './patient-line.tsx'
import { type Appointment, appointmentsQuery, refreshAppointments, refreshRecord } from './queries.ts'
import { useWords } from './words.ts'

/** Where the dialog begins: a day and whose, or an appointment that is moved. */
export type AppointmentWish =
  | { readonly kind: 'new'; readonly day: string; readonly practitionerId: string }
  | { readonly kind: 'move'; readonly appointment: Appointment & { readonly entry: NonNullable<Appointment['entry']> } }

type Move = Extract<AppointmentWish, { kind: 'move' }>

const MINUTES: readonly string[] = ['10', '15', '20', '30', '45', '60', '75', '90', '120', '150', '180']

/** @param onDone what stands in the diary now, in words, and on which day */
export function AppointmentDialog({
  wish,
  onDone,
  onClose,
}: {
  readonly wish: AppointmentWish
  readonly onDone: (said: string, day: string) => void
  readonly onClose: () => void
}) {
  const m = useMessages()
  const { data: me } = useQuery(meQuery)
  const { data: people } = useQuery(practitionersQuery)
  return (
    <Dialog title={wish.kind === 'new' ? m.patients.book : m.patients.moveTitle} onClose={onClose}>
      {me === undefined || people === undefined ? (
        <p role="status">{m.forms.waiting}</p>
      ) : (
        <AppointmentForm
          wish={wish}
          zone={me.practice.timeZone}
          ownPractitionerId={me.account.practitionerId ?? ''}
          practitioners={people.practitioners}
          onDone={onDone}
          onClose={onClose}
        />
      )}
    </Dialog>
  )
}

type Values = {
  /** JSON of the one who was chosen; empty: nobody yet */
  patient: string
  finding: string
  practitionerId: string
  minutes: string
  day: string
  time: string
  reason: string
}

function AppointmentForm({
  wish,
  zone,
  ownPractitionerId,
  practitioners,
  onDone,
  onClose,
}: {
  readonly wish: AppointmentWish
  readonly zone: string
  readonly ownPractitionerId: string
  readonly practitioners: readonly Practitioner[]
  readonly onDone: (said: string, day: string) => void
  readonly onClose: () => void
}) {
  const m = useMessages()
  const words = useWords()
  const queries = useQueryClient()
  const [quicker, setQuicker] = useState<AppointmentNow>()
  const form = useForm<Values>({
    initial: initialOf(wish, ownPractitionerId === '' ? onlyOneOn(wish, practitioners) : ownPractitionerId),
    draft:
      wish.kind === 'new'
        ? `appointment ${wish.day} ${wish.practitionerId}`
        : `move ${wish.appointment.entry.id} ${wish.appointment.entry.version}`,
    check: ({ patient, day, time }) => ({
      finding: patient === '' ? m.patients.patientMissing : undefined,
      day: isDay(day) ? undefined : m.patients.missing,
      time: /^\d\d:\d\d$/.test(time) ? undefined : m.patients.missing,
    }),
    send: async (values, key) => {
      const patient = patientOf(values)
      if (patient === undefined) return
      const facts = {
        startsAt: `${values.day}T${values.time}`,
        minutes: Number(values.minutes),
        ...(values.practitionerId === '' ? {} : { practitionerId: values.practitionerId }),
        ...(values.reason.trim() === '' ? {} : { reason: values.reason.trim() }),
      }
      try {
        if (wish.kind === 'new') await giveAppointment(patient.id, { ...facts, zone }, key)
        else await moveAppointment(seenOf(wish, quicker), facts, m.patients.movedInAgenda, key)
      } catch (error) {
        // Whatever was done, by us or by somebody quicker, the diary shows it.
        void refreshAppointments(queries)
        if (wish.kind === 'move' && error instanceof Problem && error.code === 'conflict') await meetQuicker(wish)
        throw error
      }
      await refreshRecord(queries, patient.id)
      const told = wish.kind === 'new' ? m.patients.booked : m.patients.moved
      onDone(told(spokenName(patient), words.days.local(facts.startsAt)), values.day)
    },
  })

  /** The next try replaces what is shown now. */
  async function meetQuicker(moving: Move): Promise<void> {
    const now = await getAppointment(moving.appointment.entry)
    if (now.version !== seenOf(moving, quicker).version) setQuicker(now)
  }

  const { data, error } = useQuery({
    ...appointmentsQuery(form.values.day, form.values.day, ''),
    enabled: isDay(form.values.day),
  })
  const held = data?.appointments ?? []
  const labels: Readonly<Record<string, string>> = {
    minutes: m.patients.length,
    day: m.patients.labels.on,
    time: m.patients.time,
  }
  return (
    <FormBox
      form={form}
      labelOf={(name) => labels[name]}
      action={wish.kind === 'new' ? m.patients.bookAction : m.patients.moveAction}
      beside={
        <Button
          variant="default"
          onClick={() => {
            form.reset()
            onClose()
          }}
        >
          {m.forms.cancel}
        </Button>
      }
    >
      {quicker !== undefined && <AppointmentQuicker entry={quicker} />}
      <PatientOfForm form={form} isFixed={wish.kind === 'move'} />
      <div className="side-by-side">
        <ChoiceField
          form={form}
          name="practitionerId"
          label={m.patients.labels.practitioner}
          choices={practitionersOn(form.values.day, practitioners, form.values.practitionerId, m.patients.noPractitioner)}
        />
        <ChoiceField form={form} name="minutes" label={m.patients.length} choices={lengths(form.values.minutes, m)} />
        <TextField form={form} name="day" type="date" label={m.patients.labels.on} />
        <TextField form={form} name="time" type="time" label={m.patients.time} />
      </div>
      {error !== null && <ProblemBox problem={error} />}
      <FreeTimes form={form} wish={wish} held={held} isKnown={data !== undefined} practitioners={practitioners} />
      <Meeting form={form} wish={wish} held={held} />
      <TextField form={form} name="reason" label={m.patients.labels.reason} lengthMax={300} isOptional />
    </FormBox>
  )
}

function initialOf(wish: AppointmentWish, ownPractitionerId: string): Values {
  if (wish.kind === 'new')
    return {
      patient: '',
      finding: '',
      practitionerId: wish.practitionerId === '' ? ownPractitionerId : wish.practitionerId,
      minutes: '30',
      day: wish.day,
      time: '',
      reason: '',
    }
  const { startsAt, minutes, practitionerId = '', entry } = wish.appointment
  return {
    patient: JSON.stringify(entry.patient),
    finding: '',
    practitionerId,
    minutes: String(minutes),
    day: startsAt.slice(0, 10),
    time: startsAt.slice(11, 16),
    reason: entry.reason ?? '',
  }
}

function patientOf({ patient }: Values): PatientLine | undefined {
  return patient === '' ? undefined : (JSON.parse(patient) as PatientLine)
}

function isDay(day: string): boolean {
  return /^(19|20|21)\d\d-\d\d-\d\d$/.test(day)
}

/** Of the version that the one who moves it has seen, and means to replace. */
function seenOf({ appointment: { entry } }: Move, quicker: AppointmentNow | undefined) {
  return quicker?.state === 'current' ? { ...entry, version: quicker.version } : entry
}

function PatientOfForm({ form, isFixed }: { readonly form: Form<Values>; readonly isFixed: boolean }) {
  const m = useMessages()
  const patient = patientOf(form.values)
  const id = fieldId(form, 'finding')
  const error = form.errorOf('finding')
  if (patient !== undefined)
    return (
      <div className="chosen-patient">
        <p className="found-patient">
          <PatientFacts patient={patient} />
        </p>
        {!isFixed && (
          <button
            type="button"
            className="link"
            onClick={() => {
              form.set('patient', '')
              focusSoon(form, 'finding')
            }}
          >
            {m.patients.otherPatient}
          </button>
        )}
      </div>
    )
  return (
    <div className="patient-field">
      <label className="field-label" htmlFor={id}>
        {m.patients.patient}
      </label>
      <PatientFinder
        id={id}
        text={form.values.finding}
        placeholder={m.patients.patientHint}
        onText={(text) => form.set('finding', text)}
        onChoose={(chosen) => {
          form.set('patient', JSON.stringify(chosen))
          focusSoon(form, 'practitionerId') // whoever has chosen a patient goes on with the next answer
        }}
        error={error === undefined ? undefined : `${id}-error`}
      />
      {error !== undefined && (
        <p id={`${id}-error`} className="bad">
          {error}
        </p>
      )}
    </div>
  )
}

/** What had the focus is gone, and the field may not be there yet. */
function focusSoon(form: Form<Values>, name: keyof Values): void {
  setTimeout(() => document.getElementById(fieldId(form, name))?.focus())
}

/** One click takes one; any other is typed. */
function FreeTimes({
  form,
  wish,
  held,
  isKnown,
  practitioners,
}: {
  readonly form: Form<Values>
  readonly wish: AppointmentWish
  readonly held: readonly Appointment[]
  readonly isKnown: boolean
  readonly practitioners: readonly Practitioner[]
}) {
  const m = useMessages()
  const { day, practitionerId } = form.values
  const now = new Date()
  const isOver = day < todayIso(now)
  if (!isKnown || isOver) return null
  const isChosen = practitionerId !== ''
  // Where nobody practises there is nobody to choose, and nobody's time to propose.
  if (!isChosen && !practitioners.some((each) => roleOn(each, day) !== undefined)) return null
  const after = day === todayIso(now) ? now.getHours() * 60 + now.getMinutes() : 0
  const times = freeTimes(day, held, wantedOf(form.values, wish), after)
  return (
    <fieldset className="free-times">
      <legend>{m.patients.freeTimes}</legend>
      {times.length === 0 && <p>{isChosen ? m.patients.noFreeTime : m.patients.practitionerFirst}</p>}
      {times.map((time) => (
        <button key={time} type="button" aria-pressed={time === form.values.time} onClick={() => form.set('time', time)}>
          {time}
        </button>
      ))}
    </fieldset>
  )
}

/** What stands at that time already. */
function Meeting({
  form,
  wish,
  held,
}: {
  readonly form: Form<Values>
  readonly wish: AppointmentWish
  readonly held: readonly Appointment[]
}) {
  const m = useMessages()
  const { day, time } = form.values
  const wanted = { ...wantedOf(form.values, wish), startsAt: `${day}T${time}` }
  const met = time === '' ? [] : held.filter((each) => meets(each, wanted))
  return (
    <div role="status" className={met.length === 0 ? 'unseen' : 'note'}>
      {met.length > 0 && (
        <>
          <p>
            <strong>{m.patients.doubleTitle}</strong> {m.patients.doubleLead}
          </p>
          <ul className="plain">
            {met.map((each, i) => (
              <li key={each.entry?.id ?? i}>
                {m.patients.doubleLine(
                  each.startsAt.slice(11, 16),
                  each.minutes,
                  each.entry === undefined ? m.patients.taken : spokenName(each.entry.patient),
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

function wantedOf(values: Values, wish: AppointmentWish) {
  return {
    minutes: Number(values.minutes),
    practitionerId: values.practitionerId === '' ? undefined : values.practitionerId,
    patientId: patientOf(values)?.id,
    entryId: wish.kind === 'move' ? wish.appointment.entry.id : undefined,
  }
}

/** Who practises here that day, and whoever is chosen already. */
function practitionersOn(day: string, all: readonly Practitioner[], chosen: string, none: string) {
  const here = all.filter((each) => each.id === chosen || roleOn(each, day) !== undefined)
  return [
    ...here.map(({ id, givenName, familyName }) => ({ value: id, label: `${givenName} ${familyName}` })),
    { value: '', label: none },
  ]
}

/** Whoever gives appointments for the one dentist of a practice need not choose. */
function onlyOneOn(wish: AppointmentWish, all: readonly Practitioner[]): string {
  const here = wish.kind === 'new' ? all.filter((each) => roleOn(each, wish.day) !== undefined) : []
  return here.length === 1 ? (here[0]?.id ?? '') : ''
}

function lengths(chosen: string, m: ReturnType<typeof useMessages>) {
  const shown = MINUTES.includes(chosen) ? MINUTES : [...MINUTES, chosen].toSorted((a, b) => Number(a) - Number(b))
  return shown.map((value) => ({ value, label: m.patients.minutes(Number(value)) }))
}
