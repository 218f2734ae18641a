/** An entry as a line: its day, its kind where several are together, what it is; a click opens it. */
import { type Entry, isPaperKind, quoteRestCents, quoteTotalCents } from '@couronne/practice/contract'
import { Link } from '@tanstack/react-router'
import { useMessages } from '#messages'
import { isPersonal } from './entry-dialog.tsx'
import { titleOf } from './entry-words.ts'
import { useRecord } from './record-context.ts'
import { useWords, type Words } from './words.ts'

export function EntryRow({ entry, withKind }: { readonly entry: Entry; readonly withKind: boolean }) {
  const m = useMessages()
  const words = useWords()
  const { patient, openEntry } = useRecord()
  const status = statusOf(entry, words)
  const writtenIn = patient.joined.find((each) => each.patient.id === entry.writtenIn)?.patient.fileNumber
  return (
    <li className="entry" data-state={entry.state} data-kind={entry.kind}>
      <span className="entry-day">
        {entry.aboutOn === undefined
          ? m.patients.notedOn(words.days.short(entry.createdAt.slice(0, 10)))
          : words.days.short(entry.aboutOn)}
      </span>
      <div className="entry-what">
        {withKind && <span className="entry-kind">{m.patients.kinds[entry.kind]}</span>}
        <button type="button" className="entry-open" onClick={() => openEntry(entry.id)}>
          {titleOf(entry, words)}
        </button>
        <span className="entry-marks">
          {isPersonal(entry) && <span className="badge private-badge">{m.patients.private}</span>}
          {entry.state === 'withdrawn' && <span className="badge">{m.patients.withdrawn}</span>}
          {status !== undefined && status !== '' && <span>{status}</span>}
          {entry.practitionerId !== undefined && <span>{words.practitioner(entry.practitionerId)}</span>}
          {writtenIn !== undefined && <span>{m.duplicates.writtenIn(writtenIn)}</span>}
          {entry.version > 1 && <span>{m.patients.version(entry.version)}</span>}
          {isPaperKind(entry.kind) && entry.body !== null && (
            <Link
              className="no-print"
              to="/patients/$patientId/print/$entryId"
              params={{ patientId: patient.id, entryId: entry.id }}
              aria-label={m.patients.printOf(titleOf(entry, words))}
            >
              {m.patients.print}
            </Link>
          )}
        </span>
        {entry.kind === 'relatedPerson' && entry.body?.patientId !== undefined && (
          <Link className="entry-link" to="/patients/$patientId" params={{ patientId: entry.body.patientId }}>
            {m.patients.openTheirRecord}
          </Link>
        )}
        {entry.kind === 'quote' && entry.body !== null && <QuoteSums entry={entry} />}
      </div>
    </li>
  )
}

function QuoteSums({ entry }: { readonly entry: Extract<Entry, { kind: 'quote' }> }) {
  const m = useMessages()
  const { days } = useWords()
  const { body } = entry
  if (body === null) return null
  const rest = quoteRestCents(body)
  return (
    <span className="sums">
      <strong>{m.patients.total(days.euros(quoteTotalCents(body)))}</strong>
      {rest !== undefined && <span>{m.patients.rest(days.euros(rest))}</span>}
    </span>
  )
}

function statusOf(entry: Entry, { m, days: { short } }: Words): string | undefined {
  if (entry.body === null) return undefined
  const { choices } = m.patients
  switch (entry.kind) {
    case 'procedure':
      return choices.procedureStatus[entry.body.status]
    case 'prescription':
      return choices.prescriptionStatus[entry.body.status]
    case 'correspondence':
      return entry.body.awaitsAnswer === true ? m.patients.labels.awaitsAnswer : undefined
    case 'alert': {
      const { checkedOn } = entry.body
      const severity = entry.body.state === 'present' ? entry.body.severity : undefined
      return [
        severity === undefined ? undefined : choices.severity[severity],
        checkedOn === undefined ? undefined : m.patients.checkedOn(short(checkedOn)),
      ]
        .filter((part) => part !== undefined)
        .join(' · ')
    }
    default:
      return undefined
  }
}
