/** Why a job did not come to its end, in words, with what the program itself says for whoever mends it. */
import type { Job } from '@couronne/practice/contract'
import { useMessages } from '#messages'

export function FailedJob({ job }: { readonly job: Job }) {
  const m = useMessages()
  const words = m.problems as Readonly<Record<string, string>>
  if (job.state === 'cancelled') return <p className="note">{m.imports.jobCancelled}</p>
  if (job.error === undefined) return null
  return (
    <div className="refusal" role="alert">
      <p>{words[job.error.code] ?? m.problems.unexpected}</p>
      <details className="more">
        <summary>{m.imports.errorDetail}</summary>
        <p lang="en">{job.error.message}</p>
      </details>
    </div>
  )
}
