/** Images that wait for a person to say whose they are: one by one, or several at once; and those that were set aside. */
import { bringStudyBackEndpoint, type PatientLine, type TrayStudy } from '@couronne/practice/contract'
import { Button, Checkbox } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '#api'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { useWords } from '#patients/parts'
import { useMay } from '#session'
import { Page } from '#shell'
import { AsideDialog } from './aside-dialog.tsx'
import { AttachDialog } from './attach-dialog.tsx'
import { refreshTray, trayQuery } from './queries.ts'
import { Thumbnail } from './thumbnail.tsx'
import { namedInTray, trayPreview, traySort } from './tray-words.ts'

type Doing = { readonly kind: 'attach' | 'aside'; readonly studies: readonly TrayStudy[] }

export function TrayPage() {
  const m = useMessages()
  const { state = 'tray' } = useSearch({ from: '/inside/images/tray' })
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(trayQuery(state))
  const mayWrite = useMay('documents.write')
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
  const [doing, setDoing] = useState<Doing>()
  const [said, setSaid] = useState<{ readonly text: string; readonly patient?: PatientLine | undefined }>()
  const studies = data?.pages.flatMap((page) => page.studies) ?? []
  const chosen = studies.filter(({ id }) => picked.has(id))
  const counts = data?.pages[0]?.counts
  const done = (text: string, patient?: PatientLine) => {
    setDoing(undefined)
    setPicked(new Set())
    setSaid({ text, patient })
  }
  return (
    <Page title={m.images.trayTitle} lead={m.images.trayLead}>
      <nav className="tabs" aria-label={m.images.trayTitle}>
        <Link to="/images/tray" activeOptions={{ exact: true, includeSearch: true }} search={{}}>
          {m.images.trayTab(counts?.tray ?? 0)}
        </Link>
        <Link to="/images/tray" activeOptions={{ exact: true, includeSearch: true }} search={{ state: 'aside' }}>
          {m.images.asideTab(counts?.aside ?? 0)}
        </Link>
      </nav>
      <p role="status" className={said === undefined ? 'unseen' : 'good'}>
        {said?.text}{' '}
        {said?.patient !== undefined && (
          <Link to="/patients/$patientId" params={{ patientId: said.patient.id }} search={{ view: 'images' }}>
            {m.images.openRecord}
          </Link>
        )}
      </p>
      {error !== null && <ProblemBox problem={error} />}
      {data === undefined && error === null && <p role="status">{m.forms.waiting}</p>}
      {data !== undefined && studies.length === 0 && <p className="nothing">{m.images.trayEmpty[state]}</p>}
      {chosen.length > 0 && (
        <div className="actions tray-several">
          <span role="status">{m.images.pickedCount(chosen.length)}</span>
          <Button onClick={() => setDoing({ kind: 'attach', studies: chosen })}>{m.images.attachPicked}</Button>
          <Button variant="default" onClick={() => setDoing({ kind: 'aside', studies: chosen })}>
            {m.images.asidePicked}
          </Button>
        </div>
      )}
      <ul className="tray">
        {studies.map((study) => (
          <TrayLine
            key={study.id}
            study={study}
            mayWrite={mayWrite}
            isPicked={picked.has(study.id)}
            onPick={(isPicked) =>
              setPicked((before) => new Set(isPicked ? [...before, study.id] : [...before].filter((id) => id !== study.id)))
            }
            onAside={() => setDoing({ kind: 'aside', studies: [study] })}
            onBack={() => done(m.images.broughtBack)}
          />
        ))}
      </ul>
      {hasNextPage && (
        <p>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {m.patients.more}
          </Button>
        </p>
      )}
      {doing?.kind === 'attach' && (
        <AttachDialog
          studies={doing.studies}
          onClose={() => setDoing(undefined)}
          onDone={(patient) => done(m.images.attached(doing.studies.length), patient)}
        />
      )}
      {doing?.kind === 'aside' && (
        <AsideDialog
          studies={doing.studies}
          onClose={() => setDoing(undefined)}
          onDone={() => done(m.images.setAside(doing.studies.length))}
        />
      )}
    </Page>
  )
}

interface LineProps {
  readonly study: TrayStudy
  readonly mayWrite: boolean
  readonly isPicked: boolean
  readonly onPick: (isPicked: boolean) => void
  readonly onAside: () => void
  readonly onBack: () => void
}

function TrayLine({ study, mayWrite, isPicked, onPick, onAside, onBack }: LineProps) {
  const m = useMessages()
  const { days } = useWords()
  const named = namedInTray(study, m)
  const isAside = study.state === 'aside'
  return (
    <li>
      {mayWrite && !isAside && (
        <Checkbox
          aria-label={m.images.pick(named)}
          checked={isPicked}
          onChange={(event) => onPick(event.currentTarget.checked)}
        />
      )}
      <Link
        to="/images/tray/$studyId"
        params={{ studyId: study.id }}
        className="thumbnail-link"
        aria-label={m.images.lookAt(named)}
      >
        <Thumbnail address={trayPreview(study)} />
      </Link>
      <div className="tray-what">
        <strong>{named}</strong>
        <span>{traySort(study, m)}</span>
        <span className="aside">{m.images.receivedAt(days.instant(study.receivedAt))}</span>
        <span>{m.images.trayReasons[study.reason]}</span>
        {study.asideReason !== undefined && <span className="aside">{m.images.asideBecause(study.asideReason)}</span>}
        <span className="actions">
          <Link
            to="/images/tray/$studyId"
            params={{ studyId: study.id }}
            aria-label={isAside ? m.images.lookAt(named) : m.images.sortOutOf(named)}
          >
            {isAside ? m.images.look : m.images.sortOut}
          </Link>
          {mayWrite && !isAside && (
            <Button size="compact-sm" variant="default" aria-label={m.images.asideOf(named)} onClick={onAside}>
              {m.images.aside}
            </Button>
          )}
          {mayWrite && isAside && <BringBack studyId={study.id} name={named} onDone={onBack} />}
        </span>
      </div>
    </li>
  )
}

export function BringBack({
  studyId,
  name,
  onDone,
}: {
  readonly studyId: string
  readonly name: string
  readonly onDone: () => void
}) {
  const m = useMessages()
  const queries = useQueryClient()
  const bring = useMutation({
    mutationFn: () => call(bringStudyBackEndpoint, { params: { studyId } }),
    onSuccess: async () => {
      await refreshTray(queries)
      onDone()
    },
  })
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={m.images.bringBackOf(name)}
        loading={bring.isPending}
        onClick={() => bring.mutate()}
      >
        {m.images.bringBack}
      </Button>
      {bring.error !== null && <ProblemBox problem={bring.error} />}
    </>
  )
}
