/** What went wrong, as FHIR says it. */
import type { Problem } from '#http'

export const FHIR_MEDIA_TYPE = 'application/fhir+json; charset=utf-8'

const ISSUES: Readonly<Record<string, string>> = {
  'invalid-input': 'invalid',
  'not-signed-in': 'login',
  'session-locked': 'login',
  'second-factor-due': 'login',
  'not-allowed': 'forbidden',
  'break-glass-needed': 'forbidden',
  'other-origin': 'security',
  'not-found': 'not-found',
  conflict: 'conflict',
  'too-large': 'too-long',
  'too-many-attempts': 'throttled',
  sealed: 'transient',
  'database-unreachable': 'transient',
  'disk-full': 'no-store',
}

/** For `makeServer`: every problem under `/fhir/` is an OperationOutcome. */
export const fhirProblems = {
  prefix: '/fhir/',
  mediaType: FHIR_MEDIA_TYPE,
  print: outcomeOf,
} as const

export function outcomeOf({ code, title, fields = [] }: Problem): object {
  const issue = (diagnostics: string, expression?: string) => ({
    severity: 'error',
    code: ISSUES[code] ?? 'exception',
    details: { coding: [{ system: 'urn:x-couronne:problem', code }], text: title },
    diagnostics,
    ...(expression === undefined || expression === '' ? {} : { expression: [expression] }),
  })
  const issues = fields.map(({ path, message }) => issue(message, path))
  return { resourceType: 'OperationOutcome', issue: issues.length === 0 ? [issue(title)] : issues }
}

/** The answer to a search that found more than it can tell apart. */
export function tooMany(text: string): object {
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'warning', code: 'incomplete', details: { text } }] }
}
