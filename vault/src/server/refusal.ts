/** Answers other than "yes", as exceptions inside the server; a client sees the status and one sentence. */
import { isDiskFull, systemCode } from './disk.ts'

/** A request that is answered with a status of 400 and above. `reason` is the word that journal and log keep. */
export class Refusal extends Error {
  readonly status: number
  readonly reason: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, reason: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.reason = reason
    this.headers = headers
  }
}

/** The client went away: there is nobody to answer. */
export class ClientGone extends Error {}

/** What a client is told of an error; a system error's own text stays inside, for it holds paths. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (isDiskFull(error)) return new Refusal(507, 'disk-full', 'the disk of this server is full')
  const code = systemCode(error)
  if (code === 'EMFILE' || code === 'ENFILE' || code === 'ENOMEM') return tryLater('busy', 'too much at once', 5)
  return new Refusal(500, `internal${code === undefined ? '' : `-${code}`}`, 'this server could not do it; its log says why')
}

export function tryLater(reason: string, message: string, seconds: number, status: 429 | 503 = 503): Refusal {
  return new Refusal(status, reason, message, { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) })
}
