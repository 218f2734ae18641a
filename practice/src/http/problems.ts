/** What went wrong, as HTTP says it: RFC 9457 problem details. The one place that turns error codes into statuses. */
import { z } from 'zod'
import { translateTrouble } from '#database'
import { InvalidInputError, PracticeError } from '#errors'
import type { Problem } from './contract.ts'

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

/** Under which status each code is answered. */
export const STATUSES: Readonly<Record<string, number>> = {
  'invalid-input': 400,
  'not-signed-in': 401,
  'sign-in-refused': 401,
  'not-allowed': 403,
  'proof-needed': 403,
  'second-factor-due': 403,
  'other-origin': 403,
  'break-glass-needed': 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'idempotency-mismatch': 422,
  'import-source': 422,
  'session-locked': 423,
  'too-many-attempts': 429,
  'oidc-unavailable': 502,
  'source-lost': 502,
  'wrong-key': 403,
  damaged: 500,
  'job-given-up': 500,
  internal: 500,
  sealed: 503,
  'document-store': 503,
  'database-unreachable': 503,
  'newer-database': 503,
  stopping: 503,
  'disk-full': 507,
}

/** The problem for an error: its own code when it is one of ours, `internal` for anything else, whose message stays here. */
export function problemOf(thrown: unknown): Problem {
  const error = translateTrouble(thrown)
  if (error instanceof PracticeError) {
    const status = STATUSES[error.code] ?? 500
    return {
      type: `/problems/${error.code}`,
      title: error.message,
      status,
      code: error.code,
      ...(error instanceof InvalidInputError && error.fields.length > 0 ? { fields: [...error.fields] } : {}),
      ...(Object.keys(error.about).length > 0 ? { about: error.about } : {}),
    }
  }
  if (error instanceof z.ZodError) return problemOf(invalidInput(error))
  const status = (error as { statusCode?: number }).statusCode
  if (status !== undefined && status >= 400 && status < 500) return brokenRequest(status, error as Error & { code?: string })
  return { type: '/problems/internal', title: 'something went wrong here; it is in the log', status: 500, code: 'internal' }
}

/** Each issue with its path; the message is zod's, which quotes no value. */
export function invalidInput(error: z.ZodError): InvalidInputError {
  const fields = error.issues.map((issue) => ({
    path: issue.path.join('.'),
    problem: issue.code ?? 'custom',
    message: issue.message,
  }))
  return new InvalidInputError('the input does not hold together', fields)
}

/** What Node's parser refuses before there is a request: too long an address, too slow, or no HTTP. */
export function unreadableRequest({ code }: { readonly code?: string }): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return brokenRequest(431, new Error('the address and headers of the request are too long'))
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return brokenRequest(408, new Error('the request did not arrive in time'))
  return brokenRequest(400, new Error('this is not a request by HTTP'))
}

/** What Fastify itself refuses before any route: a body that is no JSON, too large, of another type. */
function brokenRequest(status: number, error: Error & { code?: string }): Problem {
  const code = status === 413 || status === 431 ? 'too-large' : status === 404 ? 'not-found' : 'invalid-input'
  return { type: `/problems/${code}`, title: error.message, status, code }
}
