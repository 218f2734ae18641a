/** One finding: how grave, what is missing, what to do with one press, who waived it and why. */
import type { CompletenessFinding, CompletenessRule, NewEntry } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { useFormat, useMessages } from '#messages'
import { useRecord } from './record-context.ts'
import { missingOf, type RuleWords } from './rule-words.ts'

export function FindingRow({
  finding,
  about,
  words,
  onWaive,
}: {
  readonly finding: CompletenessFinding
  /** which act it is about, in a line; absent: it is of the record, or no act */
  readonly about: string | undefined
  readonly words: RuleWords | undefined
  readonly onWaive: () => void
}) {
  const m = useMessages()
  const format = useFormat()
  const { mayWrite } = useRecord()
  const { severity, state, on, missing, rule } = finding
  const what = format.list(missingOf(words, missing))
  return (
    <li className="finding" data-severity={severity}>
      <p className="finding-head">
        <strong className="severity">{m.completeness.severities[severity]}</strong> <strong>{words?.title ?? rule}</strong>{' '}
        {on !== undefined && <span className="aside">{on.length === 10 ? format.day(on) : on}</span>}
        {about !== undefined && <span className="aside">{about}</span>}
      </p>
      <p>{m.completeness.lacks(what)}</p>
      <p className="aside">
        {words?.advice}{' '}
        <Link
          to="/completeness/rules/$ruleId"
          params={{ ruleId: rule }}
          aria-label={`${m.completeness.whyAsked} : ${words?.title ?? rule}`}
        >
          {m.completeness.whyAsked}
        </Link>
      </p>
      <WaiverTold finding={finding} />
      {mayWrite('procedure') && (
        <p className="actions">
          {state !== 'waived' && words !== undefined && <RemedyButton finding={finding} rule={words.rule} />}
          <SubjectButton finding={finding} />
          <Button size="compact-md" variant="subtle" onClick={onWaive}>
            {state === 'waived' ? m.completeness.withdraw : m.completeness.waive}
          </Button>
        </p>
      )}
    </li>
  )
}

function WaiverTold({ finding: { waiver, state } }: { readonly finding: CompletenessFinding }) {
  const m = useMessages()
  const format = useFormat()
  if (waiver === undefined) return null
  const name = waiver.by.name ?? m.completeness.somebody
  const day = format.dayOf(waiver.at)
  if (state !== 'waived') return <p className="aside">{m.completeness.waiverWas(name, day, waiver.reason ?? '')}</p>
  return (
    <p>
      {m.completeness.waiverBy(name, day)}{' '}
      {waiver.untilOn !== undefined && m.completeness.waiverUntil(format.day(waiver.untilOn))}{' '}
      {waiver.reason !== undefined && m.patients.reasonIs(waiver.reason)}
    </p>
  )
}

/** The one thing to do about it, where there is one. */
function RemedyButton({ finding, rule }: { readonly finding: CompletenessFinding; readonly rule: CompletenessRule }) {
  const m = useMessages()
  const { patient, mayWrite, addEntry, openEntry } = useRecord()
  const navigate = useNavigate()
  const { remedy } = rule
  switch (remedy.kind) {
    case 'add': {
      const kind = remedy.entryKind as NewEntry['kind']
      if (!mayWrite(kind)) return null
      return (
        <Button size="compact-md" onClick={() => addEntry(kind)}>
          {m.patients.adds[kind]}
        </Button>
      )
    }
    case 'complete': {
      const [entryId] = finding.entryIds
      if (entryId === undefined) return null
      return (
        <Button size="compact-md" onClick={() => openEntry(entryId)}>
          {m.completeness.remedies.complete}
        </Button>
      )
    }
    case 'identity':
      return (
        <Button size="compact-md" onClick={() => openEntry(patient.identity.entryId)}>
          {m.completeness.remedies.identity}
        </Button>
      )
    case 'file':
      return (
        <Button
          size="compact-md"
          onClick={() =>
            void navigate({ to: '/patients/$patientId', params: { patientId: patient.id }, search: { view: 'documents' } })
          }
        >
          {m.completeness.remedies.file}
        </Button>
      )
    default:
      return remedy satisfies never
  }
}

/** What the finding is about. */
function SubjectButton({ finding: { entryIds } }: { readonly finding: CompletenessFinding }) {
  const m = useMessages()
  const { openEntry } = useRecord()
  const [entryId] = entryIds
  if (entryId === undefined) return null
  return (
    <Button size="compact-md" variant="default" onClick={() => openEntry(entryId)}>
      {m.completeness.openEntry}
    </Button>
  )
}
