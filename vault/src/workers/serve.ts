/** Worker threads that take jobs: the worker's side. */
import { parentPort } from 'node:worker_threads'
import { VaultError } from '#errors'

export interface Answer {
  /** Absent on what a worker tells by itself. */
  readonly job?: number
  readonly event?: unknown
  readonly result?: unknown
  readonly error?: { code: string; message: string; retryable: boolean; about: Record<string, unknown> }
}

type Handlers = Record<string, (argument: never) => unknown>

/** Answers the jobs of a {@link WorkerPool}, one after the other, with the handler of the job's name. */
export function answerJobs(handlers: Handlers): void {
  const port = parentPort
  if (port === null) throw new Error('this file runs as a worker thread only')
  let last: Promise<void> = Promise.resolve()
  port.on('message', ({ job, name, argument }: { job: number; name: string; argument: never }) => {
    last = last.then(async () => port.postMessage(await answer(job, handlers[name], argument)))
  })
}

/** Tells the pool's owner something outside of an answer. */
export function emitEvent(event: unknown): void {
  parentPort?.postMessage({ event } satisfies Answer)
}

async function answer(job: number, handler: Handlers[string] | undefined, argument: never): Promise<Answer> {
  try {
    if (handler === undefined) throw new VaultError('worker-died', 'the worker knows no such job')
    const result = handler(argument)
    return { job, result: result instanceof Promise ? await result : result }
  } catch (error) {
    const known = error instanceof VaultError ? error : new VaultError('unexpected', String(error))
    const { code, retryable, message } = known
    const about = Object.fromEntries(Object.entries(known).filter(([, value]) => typeof value === 'string'))
    return { job, error: { code, message, retryable, about } }
  }
}
