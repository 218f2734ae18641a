/** One entry: all that it says, who wrote it, its versions; correcting and withdrawing it, and putting it back. */
import {
  type correctionSchema,
  correctPatientEntry,
  type Entry,
  getEntry,
  listVersions,
  restorePatientEntry,
  withdrawPatientEntry,
} from '@couronne/practice/contract'
import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { z } from 'zod'
import { call, Problem } from '#api'
import { Dialog, FormBox, fieldId, ProblemBox, TextField, useForm } from '#forms'
import { useMessages } from '#messages'
import { todayIso } from '#messages/today'
import { DocumentShown } from './document-shown.tsx'
import { checkEntry, EntryFormBox, REASON } from './entry-form.tsx'
import { changesBetween, factsOf, titleOf } from './entry-words.ts'
import { FIELDS, nameOf, type Values } from './field-specs.ts'
import { type Body, bodyFrom, fieldAt, valuesOf } from './field-values.ts'
import { originInWords, writtenBy } from './origin.ts'
import { refreshRecord } from './queries.ts'
import { useRecord } from './record-context.ts'
import { useWords } from './words.ts'

type Mode = 'read' | 'correct' | 'withdraw' | 'restore' | 'versions'

export function EntryDialog({ entryId, onClose }: { readonly entryId: string; readonly onClose: () => void }) {
  const m = useMessages()
  const { patient } = useRecord()
  const [mode, setMode] = useState<Mode>('read')
  const { data: entry, error } = useQuery({
    queryKey: ['patient', patient.id, 'entry', entryId],
    queryFn: ({ signal }) => call(getEntry, { params: { patientId: patient.id, entryId } }, { signal }),
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  if (entry === undefined)
    return (
      <Dialog title={m.patients.everything} onClose={onClose}>
        {error === null ? <p role="status">{m.forms.waiting}</p> : <ProblemBox problem={error} />}
      </Dialog>
    )
  const what = m.patients.kinds[entry.kind]
  const titles = {
    read: what,
    correct: m.patients.correctTitle(what),
    withdraw: m.patients.withdrawTitle(what),
    restore: m.patients.restoreTitle(what),
    versions: m.patients.versionsTitle,
  }
  const back = () => setMode('read')
  return (
    <Dialog title={titles[mode]} onClose={onClose}>
      {mode === 'read' && <EntryShown entry={entry} onMode={setMode} />}
      {mode === 'correct' && <CorrectForm key={entry.id} entry={entry} onDone={back} onBack={back} />}
      {mode === 'withdraw' && <WithdrawForm entry={entry} onDone={onClose} onBack={back} />}
      {mode === 'restore' && <WithdrawForm entry={entry} onDone={back} onBack={back} />}
      {mode === 'versions' && <Versions entry={entry} onMode={setMode} />}
    </Dialog>
  )
}

function EntryShown({ entry, onMode }: { readonly entry: Entry; readonly onMode: (mode: Mode) => void }) {
  const m = useMessages()
  const words = useWords()
  const { patient, mayWrite } = useRecord()
  const mayChange = mayWrite(entry.kind) && entry.state === 'current' && entry.body !== null
  return (
    <>
      <EntryMarks entry={entry} />
      {entry.body === null ? <p>{m.patients.destroyed}</p> : <Facts kind={entry.kind} body={entry.body} />}
      {entry.kind === 'document' && entry.body !== null && (
        <DocumentShown patientId={patient.id} entryId={entry.id} title={entry.body.title} />
      )}
      <p className="aside">
        {m.patients.entryBy[didWhat(entry)](writtenBy(entry, m), words.days.instant(entry.changedAt))}{' '}
        {entry.reason !== undefined && m.patients.reasonIs(entry.reason)}{' '}
        {entry.source !== undefined && m.patients.sourceIs(originInWords(entry.source, m))}
      </p>
      {entry.kind === 'relatedPerson' && entry.body?.patientId !== undefined && (
        <p>
          <Link to="/patients/$patientId" params={{ patientId: entry.body.patientId }}>
            {m.patients.openTheirRecord}
          </Link>
        </p>
      )}
      <p className="actions">
        {mayChange && entry.kind === 'alert' && <CheckedButton entry={entry} />}
        {mayChange && <Button onClick={() => onMode('correct')}>{m.patients.correct}</Button>}
        {mayChange && entry.kind !== 'identity' && (
          <Button variant="default" onClick={() => onMode('withdraw')}>
            {m.patients.withdraw}
          </Button>
        )}
        <RestoreButton entry={entry} onMode={onMode} />
        <Button variant="default" onClick={() => onMode('versions')}>
          {m.patients.versions} ({entry.version})
        </Button>
      </p>
    </>
  )
}

/** Says that somebody has asked again today, and it still holds: a version of its own. */
function CheckedButton({ entry }: { readonly entry: Extract<Entry, { kind: 'alert' }> }) {
  const m = useMessages()
  const queries = useQueryClient()
  const { patient } = useRecord()
  const check = useMutation({
    mutationFn: () =>
      call(correctPatientEntry, {
        params: { patientId: patient.id, entryId: entry.id },
        body: {
          kind: 'alert',
          body: { ...entry.body, checkedOn: todayIso() },
          expectedVersion: entry.version,
          reason: m.patients.checkedReason,
        } as CorrectionOf,
      }),
    onSettled: () => refreshRecord(queries, patient.id),
  })
  if (entry.body?.checkedOn === todayIso()) return null
  return (
    <>
      {check.error !== null && <ProblemBox problem={check.error} />}
      <Button loading={check.isPending} loaderProps={{ type: 'dots' }} onClick={() => check.mutate()}>
        {m.patients.checkedToday}
      </Button>
    </>
  )
}

function didWhat({ state, version }: Entry): 'written' | 'changed' | 'withdrawn' {
  if (state === 'withdrawn') return 'withdrawn'
  return version === 1 ? 'written' : 'changed'
}

/** Only on what was withdrawn, for who may write it. */
function RestoreButton({ entry, onMode }: { readonly entry: Entry; readonly onMode: (mode: Mode) => void }) {
  const m = useMessages()
  const { mayWrite } = useRecord()
  if (!mayWrite(entry.kind) || entry.state !== 'withdrawn' || entry.body === null) return null
  return (
    <Button variant="default" onClick={() => onMode('restore')}>
      {m.patients.restore}
    </Button>
  )
}

export function EntryMarks({ entry }: { readonly entry: Entry }) {
  const m = useMessages()
  return (
    <>
      {entry.state === 'withdrawn' && <p className="refusal">{m.patients.versionWithdrawn}</p>}
      {isPersonal(entry) && <p className="private">{m.patients.personal}</p>}
    </>
  )
}

export function isPersonal(entry: Entry): boolean {
  if (entry.kind === 'observation') return entry.body?.category === 'personal-note'
  return entry.kind === 'document' && entry.body?.personalNote === true
}

export function Facts({ kind, body }: { readonly kind: Entry['kind']; readonly body: unknown }) {
  const words = useWords()
  return (
    <dl className="facts">
      {factsOf(kind, body, words).map(({ name, label, text }) => (
        <div key={name}>
          <dt>{label}</dt>
          <dd className="told">{text}</dd>
        </div>
      ))}
    </dl>
  )
}

type CorrectionOf = z.input<typeof correctionSchema>

function CorrectForm({
  entry,
  onDone,
  onBack,
}: {
  readonly entry: Entry
  readonly onDone: () => void
  readonly onBack: () => void
}) {
  const m = useMessages()
  const words = useWords()
  const queries = useQueryClient()
  const { patient } = useRecord()
  const fields = FIELDS[entry.kind]
  const [base, setBase] = useState(entry)
  const [quicker, setQuicker] = useState<{ readonly changes: readonly string[]; readonly entry: Entry }>()
  const before = base.body as Body
  const params = { patientId: patient.id, entryId: entry.id }
  const form = useForm<Values>({
    initial: { ...valuesOf(fields, before), [REASON]: '' },
    draft: `correct ${entry.id} ${entry.version}`,
    check: (values) => ({
      ...checkEntry(entry.kind, values, m, before),
      [REASON]: String(values[REASON]).trim() === '' ? m.patients.reasonMissing : undefined,
    }),
    fieldOf: (path) => (path.endsWith('reason') && !path.startsWith('body.body') ? REASON : fieldAt(entry.kind, path)),
    send: async (values, key) => {
      const { [REASON]: reason, ...others } = values
      const body = { kind: entry.kind, body: bodyFrom(fields, others, before), expectedVersion: base.version, reason }
      try {
        await call(correctPatientEntry, { params, body: body as CorrectionOf }, { key })
      } catch (error) {
        if (error instanceof Problem && error.code === 'conflict') await meetQuicker(values)
        throw error
      }
      await refreshRecord(queries, patient.id)
      onDone()
    },
  })

  /** Takes over what the other has changed and we have not; keeps what we have typed. */
  async function meetQuicker(values: Values): Promise<void> {
    const newer = await call(getEntry, { params })
    if (newer.version === base.version) return
    setQuicker({ changes: changesBetween(entry.kind, base.body, newer.body, words), entry: newer })
    if (newer.state === 'withdrawn' || newer.body === null) return
    const mine = valuesOf(fields, before)
    const theirs = valuesOf(fields, newer.body as Body)
    for (const name of fields.map(nameOf))
      if (values[name] === mine[name] && theirs[name] !== undefined) form.set(name, theirs[name])
    setBase(newer)
  }

  const { [REASON]: _, ...answers } = form.values
  const replaced = changesBetween(entry.kind, base.body, bodyFrom(fields, answers, before), words)
  return (
    <EntryFormBox
      kind={entry.kind}
      form={form}
      action={m.forms.save}
      patientId={patient.id}
      without={entry.kind === 'observation' ? ['category'] : []}
      above={quicker === undefined ? <p>{m.patients.correctLead}</p> : <Quicker {...quicker} />}
      below={
        <>
          <div className="replaced" role="status">
            <p>
              <strong>{m.patients.replaces}</strong>
            </p>
            {replaced.length === 0 ? (
              <p>{m.patients.nothingReplaced}</p>
            ) : (
              <ul className="plain">
                {replaced.map((each) => (
                  <li key={each}>{each}</li>
                ))}
              </ul>
            )}
          </div>
          <TextInput
            id={fieldId(form, REASON)}
            label={m.patients.correctWhy}
            maxLength={500}
            autoComplete="off"
            error={form.errorOf(REASON)}
            value={String(form.values[REASON])}
            onChange={({ currentTarget }) => form.set(REASON, currentTarget.value)}
            onBlur={(event) => form.leave(REASON, event.relatedTarget)}
          />
        </>
      }
      beside={
        <Button variant="default" onClick={onBack}>
          {m.forms.back}
        </Button>
      }
    />
  )
}

function Quicker({ changes, entry }: { readonly changes: readonly string[]; readonly entry: Entry }) {
  const m = useMessages()
  const words = useWords()
  return (
    <div className="note" role="alert">
      <p>
        <strong>{m.patients.conflictTitle}</strong>
      </p>
      <p>{m.patients.conflictLead(writtenBy(entry, m), words.days.instant(entry.changedAt))}</p>
      {entry.state === 'withdrawn' ? (
        <p>{m.patients.conflictWithdrawn}</p>
      ) : (
        <>
          <p>{m.patients.conflictWhat}</p>
          <ul className="plain">
            {changes.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
          <p>{m.patients.conflictNext}</p>
        </>
      )}
    </div>
  )
}

/** Takes what is current out of the record, or brings what was withdrawn back. */
function WithdrawForm({
  entry,
  onDone,
  onBack,
}: {
  readonly entry: Entry
  readonly onDone: () => void
  readonly onBack: () => void
}) {
  const m = useMessages()
  const words = useWords()
  const queries = useQueryClient()
  const { patient } = useRecord()
  const isBack = entry.state === 'withdrawn'
  const texts = isBack
    ? { action: m.patients.restore, lead: m.patients.restoreLead, label: m.patients.restoreWhy, hint: m.patients.restoreHint }
    : { action: m.patients.withdraw, lead: m.patients.withdrawLead, label: m.patients.withdrawWhy, hint: m.patients.withdrawHint }
  const form = useForm({
    initial: { reason: '' },
    check: ({ reason }) => ({ reason: reason.trim() === '' ? m.patients.reasonMissing : undefined }),
    send: async ({ reason }, key) => {
      const params = { patientId: patient.id, entryId: entry.id }
      const body = { expectedVersion: entry.version, reason }
      await call(isBack ? restorePatientEntry : withdrawPatientEntry, { params, body }, { key })
      onDone()
      await refreshRecord(queries, patient.id)
    },
  })
  return (
    <FormBox
      form={form}
      action={texts.action}
      beside={
        <Button variant="default" onClick={onBack}>
          {m.forms.back}
        </Button>
      }
    >
      <p>
        <strong>{titleOf(entry, words)}</strong>
      </p>
      <p>{texts.lead}</p>
      <TextField form={form} name="reason" label={texts.label} hint={texts.hint} lengthMax={500} />
    </FormBox>
  )
}

function Versions({ entry, onMode }: { readonly entry: Entry; readonly onMode: (mode: Mode) => void }) {
  const m = useMessages()
  const words = useWords()
  const { patient } = useRecord()
  const { data, error } = useQuery({
    queryKey: ['patient', patient.id, 'versions', entry.id],
    queryFn: ({ signal }) => call(listVersions, { params: { patientId: patient.id, entryId: entry.id } }, { signal }),
    refetchOnWindowFocus: false,
  })
  return (
    <>
      {error !== null && <ProblemBox problem={error} />}
      <ol className="versions" reversed>
        {data?.versions.map((version, i) => {
          const older = data.versions[i + 1]
          const changes = older === undefined ? [] : changesBetween(data.kind, older.body ?? {}, version.body ?? {}, words)
          return (
            <li key={version.version}>
              <h3>{m.patients.versionBy(version.version, writtenBy(version, m), words.days.instant(version.recordedAt))}</h3>
              {version.reason !== undefined && <p>{m.patients.reasonIs(version.reason)}</p>}
              {version.body === null && <p>{m.patients.destroyed}</p>}
              {version.state === 'withdrawn' && <p className="bad">{m.patients.versionWithdrawn}</p>}
              {older === undefined ? (
                version.body !== null && (
                  <>
                    <p>{m.patients.versionFirst}</p>
                    <Facts kind={data.kind} body={version.body} />
                  </>
                )
              ) : changes.length === 0 ? (
                version.state === 'current' && <p>{m.patients.versionSame}</p>
              ) : (
                <ul className="plain">
                  {changes.map((each) => (
                    <li key={each}>{each}</li>
                  ))}
                </ul>
              )}
            </li>
          )
        })}
      </ol>
      <p className="actions">
        <RestoreButton entry={entry} onMode={onMode} />
        <Button variant="default" onClick={() => onMode('read')}>
          {m.forms.back}
        </Button>
      </p>
    </>
  )
}
