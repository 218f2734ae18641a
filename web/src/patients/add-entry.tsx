/** Adding an entry: the form in a dialog. What was typed and not sent waits under the record's name. */
import { addPatientEntry, type NewEntry } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '#api'
import { Dialog, useForm } from '#forms'
import { useMessages } from '#messages'
import { todayIso } from '#messages/today'
import { meQuery } from '#session'
import { AlertReminder } from './alerts.tsx'
import { checkEntry, EntryFormBox } from './entry-form.tsx'
import { FIELDS, type Values } from './field-specs.ts'
import { bodyFrom, emptyValues, fieldAt } from './field-values.ts'
import { refreshRecord } from './queries.ts'

export function AddEntryDialog({
  patientId,
  kind,
  preset = {},
  onClose,
}: {
  readonly patientId: string
  readonly kind: NewEntry['kind']
  readonly preset?: Values | undefined
  readonly onClose: () => void
}) {
  const m = useMessages()
  const { data: me } = useQuery(meQuery)
  return (
    <Dialog title={m.patients.adds[kind]} onClose={onClose}>
      {TREATS.has(kind) && <AlertReminder />}
      {me !== undefined && (
        <AddForm
          patientId={patientId}
          kind={kind}
          preset={preset}
          onClose={onClose}
          practitionerId={me.account.practitionerId}
          zone={me.practice.timeZone}
        />
      )}
    </Dialog>
  )
}

/** What may harm whom an alert is about. */
const TREATS: ReadonlySet<string> = new Set(['procedure', 'prescription', 'device'])
/** What one does oneself, unless one says otherwise. */
const MINE: ReadonlySet<string> = new Set(['procedure', 'observation', 'prescription', 'device', 'quote', 'appointment'])

function AddForm({
  patientId,
  kind,
  preset,
  practitionerId,
  zone,
  onClose,
}: {
  readonly patientId: string
  readonly kind: NewEntry['kind']
  readonly preset: Values
  readonly practitionerId: string | undefined
  /** the practice's */
  readonly zone: string
  readonly onClose: () => void
}) {
  const m = useMessages()
  const queries = useQueryClient()
  const form = useForm<Values>({
    initial: {
      ...emptyValues(FIELDS[kind], todayIso()),
      ...(MINE.has(kind) && practitionerId !== undefined ? { practitionerId } : {}),
      ...(kind === 'appointment' ? { startsAt: `${todayIso()}T09:00`, minutes: '30', zone } : {}),
      ...(kind === 'questionnaire' ? { items: questionsOf(m.patients.questions) } : {}),
      ...preset,
    },
    ...(Object.keys(preset).length === 0 ? { draft: `${patientId} ${kind}` } : {}),
    check: (values) => checkEntry(kind, values, m),
    fieldOf: (path) => fieldAt(kind, path),
    send: async (values, key) => {
      const body = { kind, body: bodyFrom(FIELDS[kind], values) } as NewEntry
      await call(addPatientEntry, { params: { patientId }, body }, { key })
      await refreshRecord(queries, patientId)
      onClose()
    },
  })
  return (
    <EntryFormBox
      kind={kind}
      form={form}
      action={m.forms.save}
      patientId={patientId}
      above={
        kind === 'observation' && form.values.category === 'personal-note' && <p className="private">{m.patients.personalHint}</p>
      }
      beside={
        <Button variant="default" onClick={onClose}>
          {m.forms.cancel}
        </Button>
      }
    />
  )
}

function questionsOf(questions: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(questions).map(([question, label]) => ({ question, label, answer: 'not-answered' })))
}
