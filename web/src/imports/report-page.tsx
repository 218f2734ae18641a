/** The report of one run, to look at and to keep; and what to do next. */
import { getImportReportCsv, getImportReportJson } from '@couronne/practice/contract'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { addressOf } from '#api'
import { ProblemBox } from '#forms'
import { useFormat, useMessages } from '#messages'
import { Page } from '#shell'
import { importRunQuery, importSourceQuery } from './queries.ts'
import { ReportView } from './report-view.tsx'
import { WhatNext } from './what-next.tsx'

export function ReportPage() {
  const m = useMessages()
  const format = useFormat()
  const { sourceId, runId } = useParams({ from: '/inside/imports/$sourceId/runs/$runId' })
  const { data: run, error } = useQuery(importRunQuery(runId))
  const { data: source } = useQuery(importSourceQuery(sourceId))
  const params = { runId }
  return (
    <Page title={m.imports.reportOf(source?.title ?? m.imports.title)}>
      <p>
        <Link to="/imports/$sourceId" params={{ sourceId }}>
          {m.imports.toSource}
        </Link>
      </p>
      {error !== null && <ProblemBox problem={error} />}
      {run === undefined ? (
        error === null && <p role="status">{m.forms.waiting}</p>
      ) : (
        <>
          <dl className="facts">
            <div>
              <dt>{m.imports.begunAt}</dt>
              <dd>{format.instant(run.startedAt)}</dd>
            </div>
            {run.endedAt !== undefined && (
              <div>
                <dt>{m.imports.endedAt}</dt>
                <dd>{format.instant(run.endedAt)}</dd>
              </div>
            )}
            <div>
              <dt>{m.imports.outcome}</dt>
              <dd>{m.imports.runStates[run.state]}</dd>
            </div>
          </dl>
          <p className="actions no-print">
            <a href={addressOf(getImportReportCsv, { params })} download>
              {m.imports.csv}
            </a>
            <a href={addressOf(getImportReportJson, { params })} download>
              {m.imports.json}
            </a>
            <button type="button" className="link" onClick={() => window.print()}>
              {m.imports.print}
            </button>
          </p>
          <ReportView run={run} />
          {!run.isDry && run.state === 'done' && <WhatNext sourceId={sourceId} />}
        </>
      )}
    </Page>
  )
}
