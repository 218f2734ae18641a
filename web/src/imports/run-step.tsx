/** The dry run, and the import itself: begun, followed, stopped, gone on with; what came of it; and what stopped it, with a question. */
import { type ImportRun, type ImportSource, type Job, startImportRun } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { call } from '#api'
import { ProblemBox } from '#forms'
import { useFormat, useMessages } from '#messages'
import { entityName } from './choices.ts'
import { EmptyTables } from './empty-tables.tsx'
import { FailedJob, isComparing } from './failed-job.tsx'
import { JobProgress } from './job-progress.tsx'
import { NextStep } from './next-step.tsx'
import { importRunsQuery, refreshImports } from './queries.ts'
import { addedOf, countsOf, isOfImages } from './report-counts.ts'
import { ReportView } from './report-view.tsx'
import { isUnderWay, useJob } from './use-job.ts'
import { WhatNext } from './what-next.tsx'

export function RunStep({ source, isDry }: { readonly source: ImportSource; readonly isDry: boolean }) {
  const m = useMessages()
  const queries = useQueryClient()
  const { data, error } = useQuery(importRunsQuery(source.id))
  const [startedId, setStartedId] = useState<string>()
  const [problem, setProblem] = useState<unknown>()
  const key = useRef(crypto.randomUUID())
  const jobId = source.jobId ?? startedId
  const last = data?.runs.find((run) => run.isDry === isDry && run.state !== 'running')
  const lastTrial = data?.runs.find((run) => run.isDry && run.state === 'done')
  const start = async (mayBeEmpty: readonly string[] = []) => {
    setProblem(undefined)
    try {
      const body = { isDry, mayBeEmpty: [...mayBeEmpty] }
      const { jobId: started } = await call(startImportRun, { params: { sourceId: source.id }, body }, { key: key.current })
      setStartedId(started)
      await refreshImports(queries)
    } catch (failure) {
      setProblem(failure)
    } finally {
      key.current = crypto.randomUUID()
    }
  }
  if (source.profile === undefined)
    return (
      <>
        <p className="note">{m.imports.mapFirst}</p>
        <NextStep sourceId={source.id} step="mapping" />
      </>
    )
  return (
    <>
      <p>{isDry ? m.imports.trialLead : m.imports.runLead}</p>
      {error !== null && <ProblemBox problem={error} />}
      {problem !== undefined && <ProblemBox problem={problem} />}
      {jobId === undefined ? (
        <Start isDry={isDry} last={last} lastTrial={lastTrial} onStart={() => void start()} />
      ) : (
        <Following
          key={jobId}
          jobId={jobId}
          source={source}
          isDry={isDry}
          onStart={start}
          onEnd={() => void refreshAfter(queries)}
        />
      )}
      {last !== undefined && source.jobId === undefined && <Outcome run={last} />}
    </>
  )
}

/** What came of it is counted elsewhere too. */
async function refreshAfter(queries: QueryClient): Promise<void> {
  await Promise.all([
    refreshImports(queries),
    queries.invalidateQueries({ queryKey: ['tray'] }),
    queries.invalidateQueries({ queryKey: ['duplicates', 'count'] }),
  ])
}

function Start({
  isDry,
  last,
  lastTrial,
  onStart,
}: {
  readonly isDry: boolean
  readonly last: ImportRun | undefined
  readonly lastTrial: ImportRun | undefined
  readonly onStart: () => void
}) {
  const m = useMessages()
  const format = useFormat()
  const expected = addedOf(lastTrial?.tables ?? []).map(({ entity, added }) =>
    m.imports.countOf(format.number(added), entityName(entity, m).toLowerCase()),
  )
  const action = isDry
    ? last === undefined
      ? m.imports.trialStart
      : m.imports.trialAgain
    : last === undefined
      ? m.imports.runStart
      : last.state === 'stopped'
        ? m.imports.runGoOn
        : m.imports.runAgain
  return (
    <>
      {!isDry && last === undefined && (
        <p className="note">{lastTrial === undefined ? m.imports.runUntried : m.imports.runExpected(format.list(expected))}</p>
      )}
      <p className="actions">
        <Button {...(last?.state === 'done' ? { variant: 'default' } : {})} onClick={onStart}>
          {action}
        </Button>
      </p>
    </>
  )
}

function Following({
  jobId,
  source,
  isDry,
  onStart,
  onEnd,
}: {
  readonly jobId: string
  readonly source: ImportSource
  readonly isDry: boolean
  readonly onStart: (mayBeEmpty?: readonly string[]) => Promise<void>
  readonly onEnd: () => void
}) {
  const m = useMessages()
  const job = useJob(jobId, onEnd)
  if (job === undefined) return <p role="status">{m.forms.waiting}</p>
  if (isUnderWay(job)) {
    const isDryJob = job.about.isDry === true
    return (
      <>
        {isDryJob !== isDry && <p className="note">{isDryJob ? m.imports.trialUnderWay : m.imports.runUnderWay}</p>}
        <JobProgress
          job={job}
          label={isDryJob ? m.imports.trialRunning : isComparing(job) ? m.imports.comparing : m.imports.runRunning}
        />
      </>
    )
  }
  const emptyTables = emptyTablesOf(job)
  return (
    <>
      {emptyTables !== undefined ? (
        <EmptyTables source={source} tables={emptyTables} onGoOn={() => onStart(emptyTables)} />
      ) : (
        <FailedJob job={job} />
      )}
      <p className="actions">
        <Button variant="default" onClick={() => void onStart()}>
          {isDry ? m.imports.trialAgain : job.state === 'cancelled' && !isComparing(job) ? m.imports.runGoOn : m.imports.runAgain}
        </Button>
      </p>
    </>
  )
}

/** Names, a line each, of tables without a row: what stopped the import, which asks. */
function emptyTablesOf({ error }: Job): string[] | undefined {
  const tables = error?.code === 'import-source' ? error.about.tables : undefined
  return typeof tables === 'string' && tables !== '' ? tables.split('\n') : undefined
}

function Outcome({ run }: { readonly run: ImportRun }) {
  const m = useMessages()
  const { sourceId } = run
  // Of images nothing is decided here: the tray is the place.
  const isAsked = countsOf(run.tables).refused > 0 && !isOfImages(run)
  return (
    <>
      <ReportView run={run} />
      {run.isDry ? (
        <>
          {isAsked && <NextStep sourceId={sourceId} step="decisions" />}
          {run.state === 'done' && <NextStep sourceId={sourceId} step="run" isQuiet={isAsked} />}
        </>
      ) : (
        <>
          <p>
            <Link to="/imports/$sourceId/runs/$runId" params={{ sourceId, runId: run.id }}>
              {m.imports.wholeReport}
            </Link>
          </p>
          {run.state === 'done' && <WhatNext sourceId={sourceId} />}
        </>
      )}
    </>
  )
}
