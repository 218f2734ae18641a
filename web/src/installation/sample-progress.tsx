/** How far the sample practice has come, as the server tells it: seen again after the page was loaded anew. */
import { sampleMakingSchema, watchSample } from '@couronne/practice/contract'
import { useEffect, useRef, useState } from 'react'
import type { z } from 'zod'
import { addressOf } from '#api'
import { useFormat, useMessages } from '#messages'

export type Making = z.output<typeof sampleMakingSchema>
type Running = Extract<Making, { kind: 'running' }>

/** Our own request to make one may come to the server after the one to watch it. */
const ASK_AGAIN_MS = 500
const CONNECT_AGAIN_MS = 2_000

/**
 * Watches as long as `isOn`, and connects again when the server was away.
 *
 * @param onEnd nothing is being made: called again and again while `isOn` stays
 */
export function useSampleMaking(isOn: boolean, onEnd: () => void): Running | undefined {
  const [running, setRunning] = useState<Running>()
  const [tries, setTries] = useState(0)
  const end = useRef(onEnd)
  end.current = onEnd
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try is another connection
  useEffect(() => {
    if (!isOn) return
    const source = new EventSource(addressOf(watchSample, {}))
    let timer: ReturnType<typeof setTimeout> | undefined
    source.onmessage = ({ data }) => {
      const making = sampleMakingSchema.parse(JSON.parse(String(data)))
      if (making.kind === 'running') return setRunning(making)
      source.close()
      end.current()
      timer = setTimeout(() => setTries((count) => count + 1), ASK_AGAIN_MS)
    }
    source.onerror = () => {
      // An answer that is no stream, from a proxy whose server is away, is one after which the browser does not connect again.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(() => setTries((count) => count + 1), CONNECT_AGAIN_MS)
    }
    return () => {
      source.close()
      clearTimeout(timer)
    }
  }, [isOn, tries])
  return running
}

export function SampleProgress({ running }: { readonly running: Running | undefined }) {
  const m = useMessages()
  const format = useFormat()
  const step = running?.step ?? 'practice'
  const left = useSecondsLeft(running)
  const isCounted = running !== undefined && running.total > 0
  return (
    <div className="sample-progress">
      <p role="status">{m.installation.sampleSteps[step]}</p>
      <progress
        aria-label={m.installation.sampleSteps[step]}
        {...(isCounted ? { max: running.total, value: running.done } : {})}
      />
      <p className="aside">
        {isCounted && m.installation.sampleSoFar(format.number(running.done), format.number(running.total))}{' '}
        {left !== undefined && left > 0 && m.installation.sampleLeft(left)}
      </p>
      <p>{m.installation.sampleStay}</p>
    </div>
  )
}

/** Of this step, from how fast it went since we look. */
function useSecondsLeft(running: Running | undefined): number | undefined {
  const since = useRef<{ readonly step: string; readonly at: number; readonly done: number }>(undefined)
  if (running === undefined) return undefined
  const { step, done, total } = running
  if (since.current?.step !== step) since.current = { step, at: performance.now(), done }
  const made = done - since.current.done
  if (made <= 0) return undefined
  const seconds = (performance.now() - since.current.at) / 1000
  return Math.ceil(((total - done) * seconds) / made)
}
