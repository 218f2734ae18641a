/** Why a job did not come to its end, in words, with what the program itself says for whoever mends it. */
import type { Job } from '@couronne/practice/contract'
import { type Messages, useMessages } from '#messages'
import { NextStep } from './next-step.tsx'

/** All rows are in: what is at work, or was stopped, is looking for those who came twice. */
export function isComparing({ about }: Pick<Job, 'about'>): boolean {
  return about.isComparing === true
}

export function FailedJob({ job }: { readonly job: Job }) {
  const m = useMessages()
  const words = m.problems as Readonly<Record<string, string>>
  if (job.state === 'cancelled')
    return <p className="note">{isComparing(job) ? m.imports.comparingStopped : m.imports.jobCancelled}</p>
  if (job.error === undefined) return null
  const misfit = misfitOf(job.error, m)
  return (
    <div className="refusal" role="alert">
      {misfit === undefined ? (
        <p>{words[job.error.code] ?? m.problems.unexpected}</p>
      ) : (
        <>
          <p>{misfit}</p>
          <p>{m.imports.columnsMend}</p>
          <NextStep sourceId={String(job.about.sourceId)} step="mapping" isQuiet />
        </>
      )}
      <details className="more">
        <summary>{m.imports.errorDetail}</summary>
        <p lang="en">{job.error.message}</p>
      </details>
    </div>
  )
}

/** What a profile asks for that the source has not. */
function misfitOf({ about }: NonNullable<Job['error']>, m: Messages): string | undefined {
  const { table, missingColumns, missingFile } = about
  if (typeof table === 'string' && typeof missingColumns === 'string')
    return m.imports.columnsMissing(table, missingColumns.split('\n'))
  return typeof missingFile === 'string' ? m.imports.fileMissing(missingFile) : undefined
}
