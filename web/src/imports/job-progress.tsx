/** How far a job is: counted, with its rate and the time left; it goes on when nobody looks, and can be asked to stop. */
import { cancelJob, type Job } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api'
import { ProblemBox } from '#forms'
import { useFormat, useMessages } from '#messages'
import { jobQuery } from './use-job.ts'

export function JobProgress({ job, label }: { readonly job: Job; readonly label: string }) {
  const m = useMessages()
  const format = useFormat()
  const queries = useQueryClient()
  const [problem, setProblem] = useState<unknown>()
  const [isAsking, setIsAsking] = useState(false)
  const { progress } = job
  const stop = async () => {
    setProblem(undefined)
    setIsAsking(true)
    try {
      queries.setQueryData(jobQuery(job.id).queryKey, await call(cancelJob, { params: { jobId: job.id } }))
    } catch (error) {
      setProblem(error)
    } finally {
      setIsAsking(false)
    }
  }
  const isCounted = progress?.total !== undefined && progress.total > 0
  return (
    <div className="sample-progress">
      <p role="status">{job.isStopping ? m.imports.jobStopping : job.state === 'waiting' ? m.imports.jobWaiting : label}</p>
      <progress aria-label={label} {...(isCounted ? { max: progress.total, value: progress.done } : {})} />
      <p className="aside">
        {progress !== undefined &&
          (isCounted
            ? m.imports.rowsSoFar(format.number(progress.done), format.number(progress.total ?? 0))
            : m.imports.rowsDone(format.number(progress.done)))}
        {progress?.aSecond !== undefined && <> · {m.imports.aSecond(format.number(Math.round(progress.aSecond)))}</>}
        {progress?.secondsLeft !== undefined && progress.secondsLeft > 2 && <> · {m.imports.timeLeft(progress.secondsLeft)}</>}
      </p>
      <p>{m.imports.jobStays}</p>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <p className="actions">
        <Button variant="default" disabled={job.isStopping} loading={isAsking} onClick={() => void stop()}>
          {m.imports.jobStop}
        </Button>
      </p>
    </div>
  )
}
