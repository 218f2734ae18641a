/** Opening a record: the least is asked first; those who resemble are shown while one types. */
import { createPatientEndpoint, newIdentitySchema } from '@couronne/practice/contract'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { call, type InputOf } from '#api'
import { useForm } from '#forms'
import { useMessages } from '#messages'
import { todayIso } from '#messages/today'
import { Page } from '#shell'
import { alreadyThereQuery } from './duplicate-queries.ts'
import { checkEntry, EntryFormBox } from './entry-form.tsx'
import { FIELDS, type Values } from './field-specs.ts'
import { bodyFrom, emptyValues, fieldAt, parsePartial } from './field-values.ts'
import { Likeness } from './likeness.tsx'
import { PatientList } from './patients-page.tsx'
import { foundQuery } from './queries.ts'
import { STEWARD, StewardInput, stewardshipOf } from './steward-input.tsx'

const WAIT_MS = 400
const ALIKE_MAX = 5
/** The next free one is given. */
const GIVEN = '0'

export function NewPatientPage() {
  const m = useMessages()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const form = useForm<Values>({
    initial: { ...emptyValues(FIELDS.identity, todayIso()), [STEWARD]: '' },
    draft: 'new patient',
    check: (values) => checkEntry('identity', { ...values, fileNumber: String(values.fileNumber).trim() || GIVEN }, m),
    fieldOf: (path) => fieldAt('identity', path),
    send: async (values, key) => {
      const body = { identity: bodyFrom(FIELDS.identity, values), ...stewardshipOf(values) } as InputOf<
        typeof createPatientEndpoint
      >['body']
      const { id } = await call(createPatientEndpoint, { body }, { key })
      void queries.invalidateQueries({ queryKey: ['patients'] })
      form.reset()
      await navigate({ to: '/patients/$patientId', params: { patientId: id } })
    },
  })
  return (
    <Page title={m.patients.newTitle} lead={m.patients.newLead}>
      <EntryFormBox
        kind="identity"
        form={form}
        action={m.patients.create}
        below={
          <>
            <StewardInput value={String(form.values[STEWARD] ?? '')} onChange={(value) => form.set(STEWARD, value)} />
            <AlreadyThere values={form.values} />
          </>
        }
      />
    </Page>
  )
}

/** Compared as records are among themselves: with slips of the pen, names of marriage, exchanged names. */
function AlreadyThere({ values }: { readonly values: Values }) {
  const m = useMessages()
  const [text] = useDebouncedValue(identityOf(values), WAIT_MS)
  const { data } = useQuery({ ...alreadyThereQuery(text), enabled: text !== '' })
  const found = text === '' ? [] : (data?.found ?? [])
  return (
    <>
      <div role="status">
        {found.length > 0 && (
          <div className="alike">
            <p>
              <strong>{m.duplicates.alreadyThere(found.length)}</strong>
            </p>
            {found.map(({ patient, certainty, for: speaking, against }) => (
              <div key={patient.id}>
                <Likeness certainty={certainty} speaking={speaking} against={against} />
                <PatientList patients={[patient]} />
              </div>
            ))}
          </div>
        )}
      </div>
      <Alike values={values} except={new Set(found.map(({ patient }) => patient.id))} />
    </>
  )
}

/** As JSON; empty while too little is typed to tell anybody by, or something is wrong. */
function identityOf(values: Values): string {
  const born = parsePartial(String(values.bornOn ?? ''))
  const isEnough = String(values.birthName ?? '').trim().length > 1 && String(values.givenNames ?? '').trim() !== ''
  if (!isEnough || (born === undefined && String(values.telephones ?? '') === '')) return ''
  const identity = bodyFrom(FIELDS.identity, values)
  return newIdentitySchema.safeParse(identity).success ? JSON.stringify(identity) : ''
}

/** Whose names alone resemble: a namesake, or somebody of whom little is known. */
function Alike({ values, except }: { readonly values: Values; readonly except: ReadonlySet<string> }) {
  const m = useMessages()
  const [text] = useDebouncedValue(questionOf(values), WAIT_MS)
  const { data } = useQuery({ ...foundQuery(text, ALIKE_MAX), enabled: text !== '' })
  const patients = text === '' ? [] : (data?.patients ?? []).filter(({ id }) => !except.has(id))
  return (
    <div role="status">
      {patients.length > 0 && (
        <div className="alike">
          <p>
            <strong>{m.patients.alike(patients.length)}</strong>
          </p>
          <PatientList patients={patients} />
        </div>
      )}
    </div>
  )
}

/** Name and given name, or name and birth date: a family name alone resembles too many. */
function questionOf(values: Values): string {
  const name = String(values.birthName ?? '').trim()
  const given =
    String(values.givenNames ?? '')
      .split(',')[0]
      ?.trim() ?? ''
  const born = parsePartial(String(values.bornOn ?? ''))
  if (name.length < 2 || (given === '' && born?.length !== 10)) return ''
  return [name, given, born?.length === 10 ? String(values.bornOn).trim() : ''].filter((part) => part !== '').join(' ')
}
