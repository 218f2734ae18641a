/** One picture of a patient, or two side by side. */

import type { Patient } from '@couronne/practice/contract'
import { Button, Checkbox, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Problem } from '#api'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { patientQuery, spokenName, useBorn } from '#patients/parts'
import { Page } from '#shell'
import { parseShown } from './addresses.ts'
import { Pane } from './pane.tsx'
import { type PictureLine, pictureInWords, picturesOf } from './pictures.ts'
import { studiesQuery, studyQuery } from './queries.ts'
import type { KnownPatient } from './same-person.ts'
import { coverSeries, coverStep, SeriesChoice } from './series-choice.tsx'
import { stepOfDocument, stepsOfSeries } from './step.ts'
import { FITTING, type View } from './view.ts'

const AT = '/inside/patients/$patientId/viewer'

export function ViewerPage() {
  const m = useMessages()
  const { patientId } = useParams({ from: AT })
  const { data: patient, error: noPatient } = useQuery({ ...patientQuery(patientId), staleTime: 60_000 })
  const { data: listed, error: noList } = useQuery({ ...studiesQuery(patientId), enabled: patient !== undefined })
  const error = noPatient ?? noList
  if (error !== null)
    return (
      <Page title={m.images.viewerTitle} isNarrow>
        <ProblemBox problem={error} />
        {error instanceof Problem && error.code === 'not-found' && <p>{m.patients.notThere}</p>}
        <Link to="/patients">{m.patients.showAll}</Link>
      </Page>
    )
  if (patient === undefined || listed === undefined) return <p role="status">{m.forms.waiting}</p>
  return (
    <Viewer key={patientId} patientId={patientId} patient={patient.identity.body} pictures={picturesOf(patientId, listed, m)} />
  )
}

function Viewer({
  patientId,
  patient,
  pictures,
}: {
  readonly patientId: string
  readonly patient: Patient['identity']['body']
  readonly pictures: readonly PictureLine[]
}) {
  const m = useMessages()
  const navigate = useNavigate()
  const born = useBorn(patient)
  const { show, beside } = useSearch({ from: AT })
  const [views, setViews] = useState<readonly [View, View]>([FITTING, FITTING])
  const [isLinked, setIsLinked] = useState(false)
  const first = pictures.find(({ key }) => key === show) ?? (show === undefined ? pictures[0] : undefined)
  const second = pictures.find(({ key }) => key === beside)
  const go = (search: { show?: string | undefined; beside?: string | undefined }) => {
    const next = { show: first?.key, beside, ...search }
    void navigate({
      to: '/patients/$patientId/viewer',
      params: { patientId },
      search: {
        ...(next.show === undefined ? {} : { show: next.show }),
        ...(next.beside === undefined ? {} : { beside: next.beside }),
      },
      resetScroll: false,
      replace: true,
    })
  }
  const setView = (pane: 0 | 1) => (view: View) =>
    setViews((before) => (isLinked ? [view, view] : before.with(pane, view)) as [View, View])
  return (
    <Page title={m.images.viewerOf(spokenName(patient))}>
      <p className="record-facts">
        <span>{born}</span>
        <span>{m.patients.fileIs(patient.fileNumber)}</span>
        <Link to="/patients/$patientId" params={{ patientId }} search={{ view: 'images' }}>
          {m.images.backToRecord}
        </Link>
      </p>
      <p className="note">{m.images.notForDiagnosis}</p>
      {pictures.length === 0 && <p className="nothing">{m.images.none}</p>}
      {pictures.length > 0 && first === undefined && parseShown(show) !== undefined && <p role="alert">{m.images.gone}</p>}
      {pictures.length > 0 && (
        <p className="actions">
          {second === undefined ? (
            pictures.length > 1 && (
              <Button variant="default" onClick={() => go({ beside: neighbourOf(first, pictures)?.key })}>
                {m.images.compare}
              </Button>
            )
          ) : (
            <>
              <Button variant="default" onClick={() => go({ beside: undefined })}>
                {m.images.stopComparing}
              </Button>
              <Checkbox
                label={m.images.linkViews}
                checked={isLinked}
                onChange={(event) => setIsLinked(event.currentTarget.checked)}
              />
            </>
          )}
        </p>
      )}
      <div className="panes" data-count={second === undefined ? 1 : 2}>
        {([first, second] as const).map(
          (line, i) =>
            (i === 0 ? pictures.length > 0 : line !== undefined) && (
              <div key={i === 0 ? 'first' : 'second'}>
                <NativeSelect
                  label={i === 0 ? m.images.shown : m.images.shownBeside}
                  value={line?.key ?? ''}
                  onChange={({ currentTarget }) => {
                    setViews((before) => before.with(i, FITTING) as [View, View])
                    go(i === 0 ? { show: currentTarget.value } : { beside: currentTarget.value })
                  }}
                  data={[
                    ...(line === undefined ? [{ value: '', label: m.images.choose }] : []),
                    ...pictures.map((each) => ({ value: each.key, label: pictureInWords(each, m) })),
                  ]}
                />
                {line !== undefined && (
                  <PictureShown
                    key={line.key}
                    line={line}
                    patientId={patientId}
                    patient={patient}
                    view={views[i as 0 | 1]}
                    onView={setView(i as 0 | 1)}
                  />
                )}
              </div>
            ),
        )}
      </div>
    </Page>
  )
}

function neighbourOf(line: PictureLine | undefined, pictures: readonly PictureLine[]): PictureLine | undefined {
  const at = line === undefined ? -1 : pictures.indexOf(line)
  return pictures[at + 1] ?? pictures[at - 1]
}

interface ShownProps {
  readonly line: PictureLine
  readonly patientId: string
  readonly patient: KnownPatient
  readonly view: View
  readonly onView: (view: View) => void
}

function PictureShown(props: ShownProps) {
  const m = useMessages()
  const { line, patientId } = props
  if (line.shown.kind === 'study') return <StudyShown {...props} />
  return <Pane {...props} name={pictureInWords(line, m)} steps={[stepOfDocument(patientId, line.shown.id)]} />
}

function StudyShown({ line, patientId, patient, view, onView }: ShownProps) {
  const m = useMessages()
  const { data, error } = useQuery(studyQuery(patientId, line.shown.id))
  const [chosen, setChosen] = useState<string>()
  if (error !== null) return <ProblemBox problem={error} />
  if (data === undefined) return <p role="status">{m.forms.waiting}</p>
  const series = data.series.find(({ id }) => id === chosen) ?? coverSeries(data)
  if (series === undefined) return <p className="nothing">{m.images.emptyStudy}</p>
  const steps = stepsOfSeries({ kind: 'patient', patientId }, line.shown.id, series)
  return (
    <Pane
      key={series.id}
      name={pictureInWords(line, m)}
      steps={steps}
      first={coverStep(steps, data)}
      view={view}
      onView={onView}
      patient={patient}
    >
      <SeriesChoice all={data.series} chosen={series.id} onChoose={setChosen} />
    </Pane>
  )
}
