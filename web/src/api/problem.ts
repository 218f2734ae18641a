/** What the server answered instead of what was asked for, or that it did not answer. */
import { problemSchema } from '@couronne/practice/contract'
import type { z } from 'zod'

type ProblemDetails = z.output<typeof problemSchema>

/** `code` is what the catalogue has words for: the server's own, `offline`, or `unexpected`. */
export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly fields: NonNullable<ProblemDetails['fields']>
  readonly about: Readonly<Record<string, string | number>>
  readonly retryAfterSeconds: number | undefined

  constructor(details: Pick<ProblemDetails, 'code' | 'title' | 'status' | 'fields' | 'about'>, retryAfterSeconds?: number) {
    super(details.title)
    this.name = 'Problem'
    this.code = details.code
    this.status = details.status
    this.fields = details.fields ?? []
    this.about = details.about ?? {}
    this.retryAfterSeconds = retryAfterSeconds
  }

  /** The network or the server is away: what was asked for may or may not have been done. */
  static offline(): Problem {
    return new Problem({ code: 'offline', title: 'no answer', status: 0 })
  }

  /** The answer is none that this version of the pages knows. */
  static unexpected(status: number): Problem {
    return new Problem({ code: 'unexpected', title: `unexpected answer ${status}`, status })
  }
}

/** The problem that a failed response carries. */
export async function readProblem(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  const details = problemSchema.safeParse(await response.json().catch(() => undefined))
  if (!details.success) return Problem.unexpected(response.status)
  const { code, title, status, fields, about } = details.data
  return new Problem(
    { code, title, status, ...(fields === undefined ? {} : { fields }), ...(about === undefined ? {} : { about }) },
    Number.isFinite(retryAfter) ? retryAfter : undefined,
  )
}
