/** A patient's record: who it is and what one must know on top, then its parts. */
import { type EntryKind, KINDS, type NewEntry } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Navigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useMemo, useState } from 'react'
import { Problem } from '#api'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { Page, useTabInSight } from '#shell'
import { AccessView } from './access-view.tsx'
import { AddEntryDialog } from './add-entry.tsx'
import { AddMenu } from './add-menu.tsx'
import { VIEWS, type View } from './addresses.ts'
import { Alerts } from './alerts.tsx'
import { ChartView } from './chart-view.tsx'
import { CompletenessView } from './completeness-view.tsx'
import { DocumentsView } from './documents-view.tsx'
import { EntryDialog } from './entry-dialog.tsx'
import { stewardInWords } from './entry-words.ts'
import type { Values } from './field-specs.ts'
import { GlassDialog } from './glass-dialog.tsx'
import { JoinedNotice } from './joined-notice.tsx'
import { KindSections } from './kind-sections.tsx'
import { spokenName, useBorn } from './patient-line.tsx'
import { patientQuery, refreshRecord } from './queries.ts'
import { type OpenRecord, RecordContext, useRecord } from './record-context.ts'
import { Timeline } from './timeline.tsx'
import { useWords } from './words.ts'

/** Their room builds its pages from parts of this one. */
const RecordImages = lazy(async () => ({ default: (await import('#images/in-record')).RecordImages }))

type Patient = OpenRecord['patient']
type DialogState =
  | { readonly kind: 'entry'; readonly entryId: string }
  | { readonly kind: 'add'; readonly entryKind: NewEntry['kind']; readonly preset?: Values | undefined }
  | { readonly kind: 'glass' }

const PARTS: Readonly<Partial<Record<View, readonly EntryKind[]>>> = {
  care: ['procedure', 'observation', 'questionnaire', 'prescription', 'device', 'claim'],
  office: ['appointment', 'quote', 'consent', 'correspondence'],
  people: ['identity', 'alert', 'relatedPerson', 'referringDoctor', 'stewardship', 'careLink'],
}

export function RecordPage() {
  const m = useMessages()
  const { patientId } = useParams({ from: '/inside/patients/$patientId' })
  const { data: patient, error } = useQuery({ ...patientQuery(patientId), staleTime: 60_000 })
  if (error instanceof Problem && error.code === 'break-glass-needed') return <ShutRecord patientId={patientId} />
  if (error !== null && patient === undefined)
    return (
      <Page title={m.patients.title} isNarrow>
        <ProblemBox problem={error} />
        {error instanceof Problem && error.code === 'not-found' && <p>{m.patients.notThere}</p>}
        <Link to="/patients">{m.patients.showAll}</Link>
      </Page>
    )
  if (patient === undefined) return <p role="status">{m.forms.waiting}</p>
  // A record that was joined to another is shown as that one, under its address.
  if (patient.id !== patientId) return <Navigate to="/patients/$patientId" params={{ patientId: patient.id }} replace />
  return <OpenRecordPage key={patient.id} patient={patient} />
}

function OpenRecordPage({ patient }: { readonly patient: Patient }) {
  const m = useMessages()
  const { view = 'timeline' } = useSearch({ from: '/inside/patients/$patientId' })
  const [dialog, setDialog] = useState<DialogState>()
  const close = () => setDialog(undefined)
  const tabs = useTabInSight(view)
  const record = useMemo(
    (): OpenRecord => ({
      patient,
      mayRead: (kind) => patient.access.reads.includes(KINDS[kind].class),
      mayWrite: (kind) => patient.access.writes.includes(KINDS[kind].class),
      openEntry: (entryId) => setDialog({ kind: 'entry', entryId }),
      addEntry: (entryKind, preset) => setDialog({ kind: 'add', entryKind, preset }),
      breakGlass: () => setDialog({ kind: 'glass' }),
    }),
    [patient],
  )
  return (
    <RecordContext value={record}>
      <div className="record">
        <Page title={spokenName(patient.identity.body)}>
          <Header />
          <JoinedNotice />
          <Alerts />
          <AddMenu />
          <nav ref={tabs} className="tabs" aria-label={m.patients.viewsLabel}>
            {VIEWS.map((each) => (
              <Link
                key={each}
                to="/patients/$patientId"
                params={{ patientId: patient.id }}
                search={each === 'timeline' ? {} : { view: each }}
                resetScroll={false}
                activeOptions={{ exact: true, includeSearch: true }}
                {...(each === view ? { 'aria-current': 'page' as const } : { 'aria-current': undefined })}
              >
                {m.patients.views[each]}
              </Link>
            ))}
          </nav>
          <ViewShown view={view} />
        </Page>
      </div>
      {dialog?.kind === 'entry' && <EntryDialog key={dialog.entryId} entryId={dialog.entryId} onClose={close} />}
      {dialog?.kind === 'add' && (
        <AddEntryDialog patientId={patient.id} kind={dialog.entryKind} preset={dialog.preset} onClose={close} />
      )}
      {dialog?.kind === 'glass' && <GlassDialog patientId={patient.id} part="care" onClose={close} />}
    </RecordContext>
  )
}

function ViewShown({ view }: { readonly view: View }) {
  switch (view) {
    case 'timeline':
      return <Timeline />
    case 'teeth':
      return (
        <OpenPart kind="procedure">
          <ChartView />
        </OpenPart>
      )
    case 'care':
      return (
        <OpenPart kind="procedure">
          <KindSections kinds={PARTS.care ?? []} />
        </OpenPart>
      )
    case 'documents':
      return (
        <OpenPart kind="document">
          <DocumentsView />
        </OpenPart>
      )
    case 'images':
      return (
        <OpenPart kind="imagingStudy">
          <Suspense fallback={null}>
            <RecordImages />
          </Suspense>
        </OpenPart>
      )
    case 'missing':
      return (
        <OpenPart kind="procedure">
          <CompletenessView />
        </OpenPart>
      )
    case 'office':
    case 'people':
      return <KindSections kinds={PARTS[view] ?? []} />
    case 'access':
      return <AccessView />
    default:
      return view satisfies never
  }
}

/** Or why it is closed, and how it is opened all the same. */
function OpenPart({ kind, children }: { readonly kind: EntryKind; readonly children: ReactNode }) {
  const m = useMessages()
  const { patient, mayRead, breakGlass } = useRecord()
  if (mayRead(kind)) return children
  return (
    <section className="closed">
      <h2>{m.patients.closedTitle}</h2>
      <p>{m.patients.closedCare}</p>
      {patient.access.mayBreakGlass && (
        <>
          <p>{m.patients.glassHow}</p>
          <Button color="red" variant="outline" onClick={breakGlass}>
            {m.patients.breakGlass}
          </Button>
        </>
      )}
    </section>
  )
}

function Header() {
  const m = useMessages()
  const words = useWords()
  const { patient } = useRecord()
  const { identity, stewardship, access } = patient
  const { body } = identity
  const born = useBorn(body)
  const telephone = body.telephones[0]?.number
  const isOtherName = body.usedName !== undefined && body.usedName !== body.birthName
  return (
    <div className="record-head">
      <p className="record-facts">
        <span>{born}</span>
        {isOtherName && <span>{m.patients.birthNameIs(body.birthName)}</span>}
        <span>{m.patients.fileIs(body.fileNumber)}</span>
        {telephone !== undefined && <a href={`tel:${telephone.replaceAll(/[^\d+]/g, '')}`}>{telephone}</a>}
      </p>
      <p className="record-facts quiet">
        <span>{stewardInWords(stewardship?.steward, words)}</span>
        <span>{m.patients.identityStatusIs(m.patients.choices.identityStatus[body.status])}</span>
        {body.flags.map((flag) => (
          <span key={flag} className="badge">
            {m.patients.choices.flag[flag]}
          </span>
        ))}
        {access.isLimited && <span className="badge">{m.patients.limited}</span>}
      </p>
      {identity.insDoubts.length > 0 && (
        <p className="note">{m.patients.insDoubt(identity.insDoubts.map((each) => m.patients.insDoubts[each]).join(', '))}</p>
      )}
      {access.glassEndsAt !== undefined && <p className="note">{m.patients.glassOpen(words.days.instant(access.glassEndsAt))}</p>}
    </div>
  )
}

/** Nothing of it is known here, not even whose it is. */
function ShutRecord({ patientId }: { readonly patientId: string }) {
  const m = useMessages()
  const queries = useQueryClient()
  const [isAsking, setIsAsking] = useState(false)
  return (
    <Page title={m.patients.limitedTitle} lead={m.patients.limitedLead} isNarrow>
      <p>{m.patients.glassHow}</p>
      <p className="actions">
        <Button color="red" variant="outline" onClick={() => setIsAsking(true)}>
          {m.patients.breakGlass}
        </Button>
        <Link to="/patients">{m.patients.showAll}</Link>
      </p>
      {isAsking && (
        <GlassDialog
          patientId={patientId}
          part="record"
          onClose={() => {
            setIsAsking(false)
            void refreshRecord(queries, patientId)
          }}
        />
      )}
    </Page>
  )
}
