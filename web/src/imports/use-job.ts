/** A job as it goes on: by its events, and asked for again when a connection has ended. It goes on whoever looks. */
import { followJob, getJob, type Job, jobSchema } from '@couronne/practice/contract'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { addressOf, call } from '#api'

const CONNECT_AGAIN_MS = 2_000

export const jobQuery = (jobId: string) =>
  queryOptions({
    queryKey: ['jobs', jobId],
    queryFn: ({ signal }) => call(getJob, { params: { jobId } }, { signal }),
  })

export function isUnderWay({ state }: Pick<Job, 'state'>): boolean {
  return state === 'waiting' || state === 'running'
}

/**
 * @param onEnd called once when it has ended while one looked
 */
export function useJob(jobId: string, onEnd: (job: Job) => void): Job | undefined {
  const queries = useQueryClient()
  const { data: job } = useQuery(jobQuery(jobId))
  const [tries, setTries] = useState(0)
  const end = useRef(onEnd)
  end.current = onEnd
  const isOn = job !== undefined && isUnderWay(job)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try is another connection
  useEffect(() => {
    if (!isOn) return
    const source = new EventSource(addressOf(followJob, { params: { jobId } }))
    let timer: ReturnType<typeof setTimeout> | undefined
    const again = () => {
      source.close()
      void queries.invalidateQueries(jobQuery(jobId))
      timer = setTimeout(() => setTries((count) => count + 1), CONNECT_AGAIN_MS)
    }
    source.addEventListener('job', ({ data }) => {
      const next = jobSchema.parse(JSON.parse(String(data)))
      queries.setQueryData(jobQuery(jobId).queryKey, next)
      if (!isUnderWay(next)) source.close()
    })
    source.onerror = again
    return () => {
      source.close()
      clearTimeout(timer)
    }
  }, [isOn, tries, jobId, queries])
  const wasOn = useRef(false)
  useEffect(() => {
    if (wasOn.current && job !== undefined && !isOn) end.current(job)
    wasOn.current = isOn
  }, [isOn, job])
  return job
}
