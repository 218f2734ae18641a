/** Who has opened the record, who may, and whether it is as it was written. */
import { getLimit, liftLimit, limitRecord, verifyRecordEndpoint } from '@couronne/practice/contract'
import { Button, Checkbox } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '#api'
import { Dialog, FormBox, fieldId, ProblemBox, TextField, useForm } from '#forms'
import { Visits } from '#journal'
import { useMessages } from '#messages'
import { peopleQuery } from '#people'
import { useMay } from '#session'
import { Section } from '#shell'
import { printList, readJson } from './field-values.ts'
import { Group } from './group.tsx'
import { refreshRecord } from './queries.ts'
import { useRecord } from './record-context.ts'
import { useWords } from './words.ts'

const REASON_CHARS_MIN = 10
const QUIET = { refetchOnWindowFocus: false, refetchOnReconnect: false } as const

export function AccessView() {
  const mayReadJournal = useMay('journal.patients')
  const mayLimit = useMay('records.limit')
  return (
    <>
      {mayReadJournal && <Readers />}
      {mayLimit && <Limit />}
      <Verification />
    </>
  )
}

function Readers() {
  const m = useMessages()
  const { patient } = useRecord()
  return (
    <Visits patientId={patient.id}>
      <p>
        <Link to="/journal" search={{ patient: patient.id }}>
          {m.journal.allLines}
        </Link>
      </p>
    </Visits>
  )
}

function Limit() {
  const m = useMessages()
  const { days } = useWords()
  const queries = useQueryClient()
  const { patient } = useRecord()
  const [isAsking, setIsAsking] = useState(false)
  const params = { patientId: patient.id }
  const { data, error } = useQuery({
    ...QUIET,
    queryKey: ['patient', patient.id, 'limit'],
    queryFn: ({ signal }) => call(getLimit, { params }, { signal }),
  })
  const people = usePeople()
  const lift = useMutation({
    mutationFn: () => call(liftLimit, { params }),
    onSuccess: () => refreshRecord(queries, patient.id),
  })
  const limit = data?.limit
  const nameOf = (id: string) => people.find((each) => each.id === id)?.displayName ?? `…${id.slice(-6)}`
  return (
    <Section title={m.patients.limitTitle}>
      {error !== null && <ProblemBox problem={error} />}
      {lift.error !== null && <ProblemBox problem={lift.error} />}
      {data !== undefined && limit === undefined && (
        <>
          <p>{m.patients.limitNone}</p>
          <Button variant="default" onClick={() => setIsAsking(true)}>
            {m.patients.limitSet}
          </Button>
        </>
      )}
      {limit !== undefined && (
        <>
          <p>{m.patients.limitIs(limit.accountIds.map(nameOf).join(', '), days.day(limit.setAt.slice(0, 10)))}</p>
          <p>{m.patients.reasonIs(limit.reason)}</p>
          <Button variant="default" loading={lift.isPending} onClick={() => lift.mutate()}>
            {m.patients.limitLift}
          </Button>
        </>
      )}
      {isAsking && <LimitDialog onClose={() => setIsAsking(false)} />}
    </Section>
  )
}

/** Whose role lets them meet patients at all. */
const WITH_PATIENTS: ReadonlySet<string> = new Set(['owner', 'practitioner', 'assistant'])

function usePeople() {
  const { data } = useQuery(peopleQuery)
  return data?.accounts.filter(({ role, state }) => WITH_PATIENTS.has(role) && state === 'active') ?? []
}

function LimitDialog({ onClose }: { readonly onClose: () => void }) {
  const m = useMessages()
  const queries = useQueryClient()
  const { patient } = useRecord()
  const people = usePeople()
  const chosenOf = (text: string) => (readJson(text) as string[] | undefined) ?? []
  const form = useForm({
    initial: { accountIds: '', reason: '' },
    check: ({ accountIds, reason }) => ({
      accountIds: chosenOf(accountIds).length === 0 ? m.patients.limitWhoMissing : undefined,
      reason: reason.trim().length < REASON_CHARS_MIN ? m.patients.reasonShort : undefined,
    }),
    send: async ({ accountIds, reason }, key) => {
      const body = { accountIds: chosenOf(accountIds), reason }
      await call(limitRecord, { params: { patientId: patient.id }, body }, { key })
      await refreshRecord(queries, patient.id)
      onClose()
    },
  })
  const chosen = chosenOf(form.values.accountIds)
  return (
    <Dialog title={m.patients.limitSet} onClose={onClose}>
      <p>{m.patients.limitLead}</p>
      <FormBox
        form={form}
        action={m.patients.limitSet}
        beside={
          <Button variant="default" onClick={onClose}>
            {m.forms.cancel}
          </Button>
        }
      >
        <Group id={fieldId(form, 'accountIds')} label={m.patients.limitWho} error={form.errorOf('accountIds')} isOptional={false}>
          <div className="tick-list">
            {people.map(({ id, displayName }) => (
              <Checkbox
                key={id}
                label={displayName}
                checked={chosen.includes(id)}
                onChange={(event) =>
                  form.set(
                    'accountIds',
                    printList(event.currentTarget.checked ? [...chosen, id] : chosen.filter((each) => each !== id)),
                  )
                }
              />
            ))}
          </div>
        </Group>
        <TextField form={form} name="reason" label={m.patients.limitWhy} hint={m.patients.glassHint} lengthMax={500} />
      </FormBox>
    </Dialog>
  )
}

function Verification() {
  const m = useMessages()
  const { patient } = useRecord()
  const verification = useMutation({ mutationFn: () => call(verifyRecordEndpoint, { params: { patientId: patient.id } }) })
  const verdict = verification.data
  return (
    <Section title={m.patients.verifyTitle}>
      <p>{m.patients.verifyLead}</p>
      <p>
        <Button loading={verification.isPending} loaderProps={{ type: 'dots' }} onClick={() => verification.mutate()}>
          {m.patients.verify}
        </Button>
      </p>
      {verification.error !== null && <ProblemBox problem={verification.error} />}
      <div role="status">
        {verdict !== undefined && (
          <div className={verdict.isWhole ? 'verdict-box whole' : 'verdict-box broken'}>
            <p className="verdict">{verdict.isWhole ? m.patients.verifyWhole : m.patients.verifyBroken}</p>
            <p>
              {m.patients.verified(verdict.entries, verdict.versions)}{' '}
              {verdict.destroyed > 0 && m.patients.verifiedDestroyed(verdict.destroyed)}
            </p>
            <ul className="plain">
              {verdict.breaks.map(({ kind, entryId, version }) => (
                <li key={`${kind} ${entryId} ${version}`}>
                  {m.patients.breakIs(entryId.slice(-6), version, m.patients.breaks[kind])}
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </Section>
  )
}
