/** One study of the tray: the picture, whom its header names, and the patients whom it may be of beside it. */
import type { PatientLine, TrayStudy } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { Problem } from '#api'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { originInWords, PatientFacts, useWords } from '#patients/parts'
import { useMay } from '#session'
import { Page, Section } from '#shell'
import { AsideDialog } from './aside-dialog.tsx'
import { AttachDialog } from './attach-dialog.tsx'
import { Pane } from './pane.tsx'
import { type Proposal, type Series, trayStudyQuery } from './queries.ts'
import { coverSeries, coverStep, SeriesChoice } from './series-choice.tsx'
import { stepsOfSeries } from './step.ts'
import { BringBack } from './tray-page.tsx'
import { namedInTray, traySort } from './tray-words.ts'
import { FITTING } from './view.ts'

type Doing = { readonly kind: 'attach'; readonly patient?: PatientLine } | { readonly kind: 'aside' }

export function TrayStudyPage() {
  const m = useMessages()
  const { studyId } = useParams({ from: '/inside/images/tray/$studyId' })
  const { data, error } = useQuery(trayStudyQuery(studyId))
  const navigate = useNavigate()
  const mayWrite = useMay('documents.write')
  const [doing, setDoing] = useState<Doing>()
  if (error !== null && data === undefined)
    return (
      <Page title={m.images.trayTitle} isNarrow>
        <ProblemBox problem={error} />
        {error instanceof Problem && error.code === 'not-found' && <p>{m.images.notInTray}</p>}
        <Link to="/images/tray">{m.images.backToTray}</Link>
      </Page>
    )
  if (data === undefined) return <p role="status">{m.forms.waiting}</p>
  const { study, series, proposals } = data
  const toTray = () => void navigate({ to: '/images/tray' })
  return (
    <Page title={namedInTray(study, m)} lead={traySort(study, m)}>
      <p>
        <Link to="/images/tray">{m.images.backToTray}</Link>
      </p>
      <p className="note">{m.images.trayReasons[study.reason]}</p>
      {study.asideReason !== undefined && <p className="note">{m.images.asideBecause(study.asideReason)}</p>}
      <Section title={m.images.whoseTitle}>
        <Named study={study} />
        {mayWrite && study.state === 'tray' && (
          <>
            <Proposals proposals={proposals} onChoose={(patient) => setDoing({ kind: 'attach', patient })} />
            <p className="actions">
              <Button onClick={() => setDoing({ kind: 'attach' })}>{m.images.findPatient}</Button>
              <Button variant="default" onClick={() => setDoing({ kind: 'aside' })}>
                {m.images.aside}
              </Button>
            </p>
          </>
        )}
        {mayWrite && study.state === 'aside' && (
          <p>
            <BringBack studyId={study.id} name={namedInTray(study, m)} onDone={() => undefined} />
          </p>
        )}
      </Section>
      <Section title={m.images.pictureTitle}>
        <p className="note">{m.images.notForDiagnosis}</p>
        <StudyPane study={study} series={series} />
      </Section>
      {doing?.kind === 'attach' && (
        <AttachDialog
          studies={[study]}
          {...(doing.patient === undefined ? {} : { proposed: doing.patient })}
          onClose={() => setDoing(undefined)}
          onDone={({ id: patientId }) =>
            void navigate({ to: '/patients/$patientId', params: { patientId }, search: { view: 'images' } })
          }
        />
      )}
      {doing?.kind === 'aside' && <AsideDialog studies={[study]} onClose={() => setDoing(undefined)} onDone={toTray} />}
    </Page>
  )
}

function Named({ study }: { readonly study: TrayStudy }) {
  const m = useMessages()
  const { days } = useWords()
  const { named, source, receivedAt, fileName } = study
  const shown: readonly (readonly [string, string | undefined])[] = [
    [m.images.familyName, named.familyName],
    [m.images.givenNames, named.givenNames],
    [m.images.birthDate, named.bornOn?.split('-').toReversed().join('/')],
    [m.images.number, [named.number, named.issuer].filter((part) => part !== undefined).join(' · ') || undefined],
    [m.images.ins, named.ins],
    [m.images.sourceLabel, originInWords(source, m)],
    [m.images.received, days.instant(receivedAt)],
  ]
  return (
    <>
      <p>{m.images.headerSays}</p>
      <dl className="facts">
        {shown.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value ?? m.forms.notSaid}</dd>
          </div>
        ))}
        {fileName !== undefined && (
          <div>
            <dt>{m.images.fileName}</dt>
            <dd>{fileName}</dd>
          </div>
        )}
      </dl>
    </>
  )
}

function Proposals({
  proposals,
  onChoose,
}: {
  readonly proposals: readonly Proposal[]
  readonly onChoose: (patient: PatientLine) => void
}) {
  const m = useMessages()
  if (proposals.length === 0) return <p className="nothing">{m.images.noProposal}</p>
  return (
    <>
      <h3>{m.images.proposals}</h3>
      <ul className="proposals">
        {proposals.map(({ patient, grounds, contradictions }) => (
          <li key={patient.id}>
            <div className="image-patient">
              <PatientFacts patient={patient} />
            </div>
            <span>{m.images.agrees(grounds.map((each) => m.images.grounds[each]))}</span>
            {contradictions.length > 0 && (
              <span className="bad">{m.images.disagrees(contradictions.map((each) => m.images.contradictions[each]))}</span>
            )}
            <Button
              size="compact-sm"
              variant="default"
              aria-label={m.images.itIsOf(`${patient.usedName ?? patient.birthName} ${patient.givenNames[0] ?? ''}`.trim())}
              onClick={() => onChoose(patient)}
            >
              {m.images.itIs}
            </Button>
          </li>
        ))}
      </ul>
    </>
  )
}

function StudyPane({ study, series: all }: { readonly study: TrayStudy; readonly series: readonly Series[] }) {
  const m = useMessages()
  const [view, setView] = useState(FITTING)
  const [chosen, setChosen] = useState<string>()
  const series = all.find(({ id }) => id === chosen) ?? coverSeries({ study, series: all })
  if (series === undefined || series.instances.length === 0) return <p className="nothing">{m.images.emptyStudy}</p>
  const steps = stepsOfSeries({ kind: 'tray' }, study.id, series)
  return (
    <Pane
      key={series.id}
      name={traySort(study, m)}
      steps={steps}
      first={coverStep(steps, { study, series: all })}
      view={view}
      onView={setView}
    >
      <SeriesChoice all={all} chosen={series.id} onChoose={setChosen} />
    </Pane>
  )
}
