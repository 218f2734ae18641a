/** All import sources: where each stands, when it ran last, when it runs next; and the way to begin. */
import type { ImportSource, Job } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { ProblemBox } from '#forms'
import { useFormat, useMessages } from '#messages'
import { useMay } from '#session'
import { Page } from '#shell'
import { importSourcesQuery, jobsUnderWayQuery } from './queries.ts'
import { standingOf } from './steps.ts'

/** Several may be under way: the page says how they go on. */
const ASK_AGAIN_MS = 5_000

export function ImportsPage() {
  const m = useMessages()
  const navigate = useNavigate()
  const may = useMay('imports')
  const { data, error } = useQuery({
    ...importSourcesQuery,
    enabled: may,
    refetchInterval: ({ state }) => (state.data?.sources.some(({ jobId }) => jobId !== undefined) ? ASK_AGAIN_MS : false),
  })
  const isWorking = data?.sources.some(({ jobId }) => jobId !== undefined) === true
  const { data: working } = useQuery({ ...jobsUnderWayQuery, enabled: isWorking, refetchInterval: ASK_AGAIN_MS })
  if (!may) return <Page title={m.imports.title}>{null}</Page>
  return (
    <Page title={m.imports.title} lead={m.imports.lead}>
      <p className="actions">
        <Button onClick={() => void navigate({ to: '/imports/new' })}>{m.imports.begin}</Button>
      </p>
      {error !== null && <ProblemBox problem={error} />}
      {data === undefined && error === null && <p role="status">{m.forms.waiting}</p>}
      {data?.sources.length === 0 ? (
        <ol className="plain">
          {m.imports.howItGoes.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      ) : (
        <ul className="duties">
          {data?.sources.map((source) => (
            <SourceLine key={source.id} source={source} job={working?.jobs.find(({ id }) => id === source.jobId)} />
          ))}
        </ul>
      )}
    </Page>
  )
}

function SourceLine({ source, job }: { readonly source: ImportSource; readonly job: Job | undefined }) {
  const m = useMessages()
  const format = useFormat()
  const { lastRun, followedAt } = source
  return (
    <li>
      <Link to="/imports/$sourceId" params={{ sourceId: source.id }}>
        {source.title}
      </Link>
      <span>
        <strong>{m.imports.standings[standingOf(source)]}</strong>
        {job?.progress?.total !== undefined && (
          <> · {m.imports.rowsSoFar(format.number(job.progress.done), format.number(job.progress.total))}</>
        )}
        {lastRun !== undefined && <> · {m.imports.lastRunAt(lastRun.isDry, format.instant(lastRun.startedAt))}</>}
      </span>
      <span>{followedAt === undefined ? m.imports.notFollowed : m.imports.followedAt(followedAt)}</span>
    </li>
  )
}
